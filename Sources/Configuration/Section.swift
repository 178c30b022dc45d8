// A table of a file: its known keys, and its merge with the defaults.

import ServiceModel
internal import Text

/// A table with its title.
struct Section: Sendable {
    /// The name in the header; empty for the top of a file.
    var title: String
    var entries: [TOMLEntry]

    /// The entry of a key.
    subscript(key: String) -> TOMLEntry? {
        entries.first { $0.key == key }
    }
}

/// The hints for keys in the wrong table, by the name without its table. Where two tables have a name, the earlier one
/// of this list is the likelier.
private let placementHints: [String: String] = {
    var hints: [String: String] = [:]
    for table in ["limits", "", "socket", "files", "penalties"] {
        let names = table.isEmpty ? topNames(of: Service.keys) : plainNames(of: Service.keys, in: table)
        let hint =
            table.isEmpty
            ? "it belongs at the top of a service's file, before the first [table]" : "it belongs in [\(table)]"
        for name in names where hints[name] == nil { hints[name] = hint }
    }
    return hints
}()

extension Section {
    /// Merges the table with the defaults: an entry of this table replaces that of the defaults, key by key.
    ///
    /// `limits`, `socket`, `files` and `environment` are merged by their own keys. A file that sets `user` takes none
    /// of the identity from the defaults: groups and capabilities that were meant for one user are not another's.
    func over(defaults: [TOMLEntry]) -> Section {
        // In an inner table, `user` is a name without a special meaning.
        let ownsUser = title.isEmpty && self["user"] != nil
        var merged = Section(title: title, entries: [])
        for entry in defaults {
            if let own = self[entry.key] {
                guard case .table(let mine) = own.value.content, case .table(let theirs) = entry.value.content
                else { continue }
                let inner = Section(title: entry.key, entries: mine).over(defaults: theirs)
                var both = own
                both.value.content = .table(inner.entries)
                merged.entries.append(both)
            } else if !ownsUser || !Service.identityKeys.contains(where: { $0.name == entry.key }) {
                merged.entries.append(entry)
            }
        }
        let taken = Set(merged.entries.map(\.key))
        merged.entries += entries.filter { !taken.contains($0.key) }
        return merged
    }
}

extension Reading {
    /// The table under a key; nil when it is absent or not a table. Adds a fault for each unknown key.
    mutating func section(_ key: String, of outer: Section, known: [String]) -> Section? {
        guard let entry = outer[key] else { return nil }
        let title = outer.title.isEmpty ? key : "\(outer.title).\(key)"
        guard case .table(let entries) = entry.value.content else {
            wrongType(
                entry, expected: "a table: [\(title)] and under it keys like \(known.prefix(2).joined(separator: ", "))"
            )
            return nil
        }
        let section = Section(title: title, entries: entries)
        refuseUnknownKeys(of: section, known: known)
        return section
    }

    /// Adds a fault for each unknown key, with the known key that was probably meant.
    mutating func refuseUnknownKeys(of section: Section, known: [String]) {
        let outer = key
        key = nil
        defer { key = outer }
        for entry in section.entries where !known.contains(entry.key) {
            let place = section.title.isEmpty ? "" : " in [\(section.title)]"
            let hint: String
            if let near = nearestName(to: entry.key, among: known) {
                hint = "did you mean '\(near)'?"
            } else if let placement = placementHints[entry.key] {
                hint = placement
            } else {
                hint = "expected one of \(known.joined(separator: ", "))"
            }
            fault(entry.position, "unknown key \(quoted(entry.key))\(place); \(hint)")
        }
    }
}
