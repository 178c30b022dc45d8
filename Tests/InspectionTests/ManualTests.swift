import Foundation
import TestSupport
import Testing

/// The text of doorward-json(5): for each section, its keys and their types.
private struct Manual {
    private var sections: [String: [String: String]] = [:]

    init() throws {
        let root = #filePath.components(separatedBy: "/Tests/")[0]
        let text = try String(contentsOfFile: root + "/etc/man/doorward-json.5", encoding: .utf8)
        var section = ""
        for line in text.split(separator: "\n") {
            if line.hasPrefix(".Ss ") { section = String(line.dropFirst(4)) }
            let words = line.split(separator: " ")
            if words.count > 4, words[0] == ".It", words[1] == "Va", words[3] == "Pq" {
                sections[section, default: [:]][String(words[2])] = words[4...].joined(separator: " ")
            }
        }
    }

    /// The type of a key in a section, by its path; nil when the manual does not describe the key.
    func type(of path: String, in section: String) -> String? {
        sections.first { $0.key.split(separator: " ").contains(Substring(section)) }?.value[path]
    }

    func keys(in section: String) -> Set<String> {
        Set(sections.first { $0.key.split(separator: " ").contains(Substring(section)) }?.value.keys.map { $0 } ?? [])
    }
}

extension JSONShape {
    private static let sections = [
        "status": "status", "check": "check", "reload": "reload", "block": "block", "blocked": "blocked",
        "drain": "drain", "import": "import", "error": "Errors",
    ]

    /// The section that describes a key, the key as the section spells it, and the words for its types.
    fileprivate func entry(_ field: Field) -> (section: String, path: String, types: Set<String>) {
        var types = Set(field.types)
        var path = field.path
        if let range = path.range(of: "faults[].") { return ("Faults", String(path[range.lowerBound...]), types) }
        if path.hasSuffix("[]") {
            path = String(path.dropLast(2))
            types = ["list of strings"]
        }
        let counts = "services[].counts."
        let described = [
            "active", "waiting", "accepted", "succeeded", "failed", "unstarted", "pauses", "unlisted", "unlogged",
        ]
        if path.hasPrefix(counts), !described.contains(String(path.dropFirst(counts.count))) { path = counts + "CAUSE" }
        return (Self.sections[name] ?? name, path, types)
    }
}

/// `word` and `errno` are strings.
private func types(_ text: String) -> Set<String> {
    let parts = text.replacingOccurrences(of: " or ", with: ", ").components(separatedBy: ", ")
    return Set(parts.map { ["word": "string", "errno": "string", "list of words": "list of strings"][$0] ?? $0 })
}

struct ManualTests {
    @Test("doorward-json(5) describes every key that is printed, with its types", arguments: JSONShape.all)
    func described(shape: JSONShape) throws {
        let manual = try Manual()
        for field in shape.fields where field.path != "version" {
            let entry = shape.entry(field)
            let found = manual.type(of: entry.path, in: entry.section)
            let text = try #require(found, "\(entry.section): \(entry.path)")
            #expect(entry.types.isSubset(of: types(text)), "\(entry.section): \(entry.path): \(text)")
        }
    }

    @Test("doorward-json(5) describes no key and no type that is not printed", arguments: JSONShape.all)
    func printed(shape: JSONShape) throws {
        let manual = try Manual()
        var entries: [String: Set<String>] = [:]
        for field in shape.fields {
            let entry = shape.entry(field)
            entries["\(entry.section) \(entry.path)", default: []].formUnion(entry.types)
            // A list of objects has an entry of its own.
            for end in field.path.ranges(of: "[].").map(\.lowerBound) {
                entries["\(entry.section) \(field.path[..<end])", default: []].insert("list")
            }
        }
        for section in Set(shape.fields.map { shape.entry($0).section }).subtracting(["Faults"]) {
            for key in manual.keys(in: section) {
                let known = entries["\(section) \(key)"] ?? (key.hasSuffix("faults") ? ["list"] : [])
                let text = try #require(manual.type(of: key, in: section))
                #expect(types(text) == known, "\(section): \(key): \(text)")
            }
        }
    }
}
