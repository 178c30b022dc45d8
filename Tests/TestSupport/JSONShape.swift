// The shapes of the JSON that each command prints, as doorward-json(5) describes them: every key in its order, and
// its types.
internal import ServiceModel

/// The shape of one object that a command prints.
package struct JSONShape: Sendable, CustomStringConvertible {
    /// A value that is no list and no object: `services[].counts.active`, and what it may be.
    package struct Field: Sendable {
        package let path: String
        /// `string`, `integer`, `seconds`, `boolean`, `null`.
        package let types: [String]
    }

    /// The section of the manual page.
    package let name: String
    package let fields: [Field]

    package var description: String { name }

    /// A line for each field: `PATH: TYPE|TYPE`.
    private init(_ name: String, _ lines: [String]) {
        self.name = name
        fields = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1)
            return Field(
                path: String(parts[0]), types: parts[1].split { $0 == "|" || $0 == " " }.map(String.init))
        }
    }

    /// The keys of the object at a path, in order.
    private func keys(at path: String) -> [String] {
        let prefix = path.isEmpty ? "" : path + "."
        var keys: [String] = []
        for field in fields where field.path.hasPrefix(prefix) {
            let key = String(field.path.dropFirst(prefix.count).prefix { $0 != "." && $0 != "[" })
            if !keys.contains(key) { keys.append(key) }
        }
        return keys
    }

    private func mayBe(_ path: String, _ type: String) -> Bool {
        if type == "list" { return fields.contains { $0.path.hasPrefix(path + "[]") } }
        if type.hasPrefix("{") { return type == "{\(keys(at: path).joined(separator: ","))}" }
        return fields.contains { $0.path == path && $0.types.contains(type) }
    }

    /// What a document has that this shape has not.
    ///
    /// - Parameter walk: a line for each value of the document, in its order: `PATH TYPE`, and for an object
    ///   `PATH {KEY,KEY}`.
    package func differences(from walk: [String]) -> [String] {
        walk.filter { line in
            let end = line.lastIndex(of: " ") ?? line.startIndex
            return !mayBe(String(line[..<end]), String(line[end...].dropFirst()))
        }
    }

    /// What the shape has and none of the documents, `PATH TYPE` each.
    package func uncovered(by walks: [[String]]) -> [String] {
        let seen = Set(walks.joined())
        return fields.flatMap { field in field.types.map { "\(field.path) \($0)" } }.filter { !seen.contains($0) }
    }
}

extension JSONShape {
    private static let version = ["version: integer"]

    private static let faults = [
        "faults[].file: string|null", "faults[].line: integer|null", "faults[].column: integer|null",
        "faults[].key: string|null", "faults[].errno: string|null", "faults[].message: string",
    ]

    /// Why a prefix is banned; all of them are null for none.
    private static func causes(_ path: String, canBeMissing: Bool) -> [String] {
        let type = canBeMissing ? "string|null" : "string"
        return [
            "\(path)for: \(type)", "\(path)cause: \(type)", "\(path)service: string|null", "\(path)ending: string|null",
            "\(path)reason: string|null",
        ]
    }

    private static let counts =
        (["active", "waiting", "accepted", "succeeded", "failed", "unstarted", "pauses", "unlisted", "unlogged"]
        + RefusalCause.allCases.map(\.rawValue)).map { "services[].counts.\($0): integer" }

    package static let status = JSONShape(
        "status",
        version + [
            "pid: integer", "uptime: seconds", "stopping: boolean", "skipped[]: string", "unprotected[]: string",
            "block_list.file: string|null", "block_list.entries: integer", "bans: integer",
            "kernel_filter.state: string", "kernel_filter.reason: string|null",
            "kernel_filter.dropped_by_bans: integer|null", "kernel_filter.dropped_by_block_list: integer|null",
            "kernel_filter.has_bans: boolean", "kernel_filter.bans_reason: string|null",
            "kernel_filter.has_block_list: boolean", "kernel_filter.block_list_reason: string|null",
            "dnsbl.state: string", "dnsbl.pid: integer|null", "dnsbl.reason: string|null",
            "dnsbl.message: string|null", "dnsbl.retry_in: seconds|null",
        ] + faults + [
            "services[].name: string", "services[].file: string", "services[].state: string",
            "services[].problem: string", "services[].key_file: string|null", "services[].line: integer|null",
            "services[].column: integer|null",
            "services[].key: string|null", "services[].errno: string|null", "services[].old_in_force: boolean",
        ] + faults.map { "services[]." + $0 } + [
            "services[].retry_in: seconds|null", "services[].listen[]: string", "services[].gate: integer",
            "services[].uptime: seconds", "services[].limit: integer",
        ] + counts + [
            "services[].draining[].gate: integer", "services[].draining[].active: integer",
            "services[].draining[].uptime: seconds",
        ])

    package static let check = JSONShape(
        "check",
        version + faults + [
            "block_list.file: string|null", "block_list.entries: integer|null", "services[].name: string",
            "services[].file: string", "services[].state: string", "services[].listen[]: string",
            "relaxations[].service: string", "relaxations[].file: string", "relaxations[].line: integer|null",
            "relaxations[].column: integer|null", "relaxations[].key: string",
            "relaxations[].value: boolean|string", "relaxations[].value[]: string", "unprotected[]: string",
            "skipped[]: string",
        ])

    package static let reload = JSONShape(
        "reload",
        version + ["in_force: boolean", "services: integer"] + faults + [
            "problems[].service: string", "problems[].file: string", "problems[].message: string",
            "problems[].key_file: string|null", "problems[].line: integer|null",
            "problems[].column: integer|null", "problems[].key: string|null",
            "problems[].errno: string|null", "problems[].old_in_force: boolean",
        ])

    package static let block = JSONShape(
        "block",
        version + ["outcome: string", "prefix: string", "seconds: seconds|null"] + causes("", canBeMissing: true)
            + ["exempt: string|null", "limit: integer|null", "wider[]: string"])

    package static let blocked = JSONShape(
        "blocked",
        version + ["bans[].prefix: string"] + causes("bans[].", canBeMissing: false) + [
            "bans[].age: seconds", "bans[].ends_in: seconds|null", "bans[].hits: integer", "bans[].strikes: integer",
        ])

    package static let stopping = JSONShape("drain", version + ["active: integer"])

    package static let imported = JSONShape(
        "import",
        version + [
            "services[].name: string", "services[].text: string", "access: string|null", "remarks[].file: string",
            "remarks[].line: integer|null", "remarks[].kind: string", "remarks[].directive: string",
            "remarks[].reason: string", "written[]: string", "skipped[]: string", "problems[].cause: string",
            "problems[].file: string", "problems[].errno: string|null", "problems[].message: string",
        ])

    package static let error = JSONShape(
        "error",
        version + [
            "error.cause: string", "error.file: string|null", "error.errno: string|null",
            "error.message: string|null",
        ] + faults.map { "error." + $0 })

    package static let all = [status, check, reload, block, blocked, stopping, imported, error]
}
