// Reads the keys of a table by their declarations (ServiceModel, Keys). Knows no key by name.

import ServiceModel

extension Reading {
    /// Reads each key of the file into its property. A key that is absent or at fault changes nothing.
    mutating func read<Root>(_ keys: [Key<Root>], of top: Section, into root: inout Root) {
        var tables: [String: Section] = ["": top]
        defer { key = nil }
        for table in keyTables(keys) where !table.isEmpty {
            key = table
            tables[table] = section(table, of: top, known: plainNames(of: keys, in: table))
        }
        for key in keys {
            self.key = key.name
            guard let entry = tables[key.table]?[key.plainName], let value = value(of: entry, by: key.form) else {
                continue
            }
            precondition(key.set(value, in: &root), "the form of \(key.name) gives values of its type")
        }
    }
}

extension Section {
    /// The entry of a key, in its table.
    func entry(of name: String) -> TOMLEntry? {
        guard let dot = name.firstIndex(of: ".") else { return self[name] }
        guard case .table(let entries)? = self[String(name[..<dot])]?.value.content else { return nil }
        return entries.first { $0.key == name[name.index(after: dot)...] }
    }
}

/// The tables of keys, each once, in the order of the keys; "" for the top.
func keyTables<Root>(_ keys: [Key<Root>]) -> [String] {
    keys.reduce(into: []) { if !$0.contains($1.table) { $0.append($1.table) } }
}

/// The names of a table's keys, without the name of the table.
func plainNames<Root>(of keys: [Key<Root>], in table: String) -> [String] {
    keys.filter { $0.table == table }.map(\.plainName)
}

/// The names that are allowed at the top of a file: keys, and tables.
func topNames<Root>(of keys: [Key<Root>]) -> [String] {
    keys.reduce(into: []) { names, key in
        let name = key.table.isEmpty ? key.name : key.table
        if !names.contains(name) { names.append(name) }
    }
}
