// doorward-service(5) and doorward.toml(5) have an entry for each key, and each entry the default that the code has.

import Foundation
import ServiceModel
import Testing

/// The entries of a manual page: the text behind each key, by table.
private struct KeyEntries {
    private var entries: [String: String] = [:]
    /// Text of a table that stands outside of its entries.
    private var remarks: [String: String] = [:]

    init(_ page: String) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/man/\(page)")
        var table = ""
        var names: [String] = []
        for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
            if line.hasPrefix(".Ss The table ") {
                table = String(line.dropFirst(".Ss The table ".count))
                names = []
            } else if line.hasPrefix(".Sh ") {
                table = ""
                names = []
            } else if line.hasPrefix(".It Ic ") {
                names = line.dropFirst(".It Ic ".count).split(separator: ",").map {
                    $0.trimmingCharacters(in: .whitespaces)
                }
                for name in names { entries[Self.name(name, in: table)] = "" }
            } else if line == ".El" {
                names = []
            } else if names.isEmpty {
                remarks[table, default: ""] += Self.plain(line) + " "
            } else {
                for name in names { entries[Self.name(name, in: table), default: ""] += Self.plain(line) + " " }
            }
        }
    }

    /// The entry of a key, and what is said of its table; nil when the page does not have the key.
    func text(of key: String, in table: String) -> String? {
        entries[key].map { table.isEmpty ? $0 : $0 + (remarks[table] ?? "") }
    }

    private static func name(_ name: String, in table: String) -> String { table.isEmpty ? name : "\(table).\(name)" }

    private static func plain(_ line: Substring) -> String {
        var text = String(line).replacing("\\(dq", with: "\"").replacing("\\-", with: "-")
        for macro in [".Li ", ".Ic ", ".Pa ", ".Cm "] where text.hasPrefix(macro) { text.removeFirst(macro.count) }
        return text
    }
}

/// The default as an entry says it; nil where there is none to say.
private func defaultText<Root>(_ key: Key<Root>, _ root: Root) -> String? {
    let value = key.value(in: root)
    switch value {
    case .none, .list([]), .text(""): return nil
    case .unlimited: return "unlimited"
    default: return key.form.spelled(value)
    }
}

/// A path and a number of bytes stand in the manual without quotes.
private func unquoted(_ text: String) -> String { text.replacing("\"", with: "") }

struct KeyManualTests {
    private static let service = Service(
        name: "a", file: "a.toml", listen: [], handler: .none, identity: Identity(user: .dynamic))

    @Test("doorward-service(5) has an entry for each key, with its default", arguments: Service.keys.map(\.name))
    func service(name: String) throws {
        let key = try #require(Service.key(name))
        let entry = try #require(try KeyEntries("doorward-service.5").text(of: name, in: key.table), "no entry")
        guard !["listen", "handler"].contains(name) else { return }
        let isSaid = entry.contains("Default:") || entry.contains("the default") || entry.contains("The default")
        #expect(isSaid || entry.contains("same default"), "no default: \(entry)")
        // total_rate and total_burst refer to the entry before them.
        guard !entry.contains("with the same defaults"), let text = defaultText(key, Self.service) else { return }
        #expect(entry.contains(text) || entry.contains("Default: \(unquoted(text))"), "\(text) in: \(entry)")
    }

    @Test(
        "doorward.toml(5) has an entry for each key of the host, with its default",
        arguments: HostSettings.keys.map(\.name))
    func host(name: String) throws {
        let key = try #require(HostSettings.keys.first { $0.name == name })
        let entry = try #require(
            try KeyEntries("doorward.toml.5").text(of: key.table.isEmpty ? name : key.table, in: ""), "no entry")
        guard let text = defaultText(key, HostSettings()) else { return }
        #expect(entry.contains(text) || entry.contains("Default: \(unquoted(text))"), "\(text) in: \(entry)")
    }

    @Test(
        "doorward-log(5) has each cause of a refusal, with the setting that changes it",
        arguments: RefusalCause.allCases)
    func cause(cause: RefusalCause) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../etc/man/doorward-log.5")
        let lines = try String(contentsOf: file, encoding: .utf8).split(separator: "\n").map(String.init)
        let entries = lines.filter { $0 == ".It Li \(cause.rawValue)" || $0.hasPrefix(".It Li \(cause.rawValue) ") }
        try #require(!entries.isEmpty)
        for start in AdmissionSettings.Start.allCases {
            guard let setting = cause.setting(start) else { continue }
            #expect(entries.contains { $0.contains(setting) }, "\(entries)")
        }
    }
}
