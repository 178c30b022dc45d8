// The reader that loops over the keys beside the one that knows them by name: the same values, the same faults, the same places.
// Both see every shipped file, the corpus of MutationTests and some thousand broken files.

import Addresses
import Foundation
import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

private enum Outcome: Hashable {
    case definition(ServiceDefinition)
    case settings(HostSettings)
    case faults([String])

    init(_ result: Result<ServiceDefinition, Faults>) {
        switch result {
        case .success(let definition): self = .definition(definition)
        case .failure(let faults): self = .faults(faults.all.map(\.description))
        }
    }

    init(_ read: () throws(Faults) -> HostConfiguration) {
        do throws(Faults) {
            self = .settings(try read().settings)
        } catch {
            self = .faults(error.all.map(\.description))
        }
    }
}

/// Texts whose outcomes differ.
private func differences(_ texts: [[UInt8]], defaults: String = "") throws -> [String] {
    let reader = ServiceReader(host: testHost, configuration: try hostConfiguration(defaults: defaults))
    return texts.compactMap { text in
        let old = Outcome(reader.read(name: "s", file: "s.toml", text: text))
        let new = Outcome(reader.readByKeys(name: "s", file: "s.toml", text: text))
        return old == new ? nil : difference(old, new, text)
    }
}

/// What only one of the two says; nil when the difference is meant.
///
/// Meant are: a key in `[defaults]` is no longer at fault for what only services can have, and a value is judged that was
/// skipped before because its key does nothing (a burst without a rate, the handler of a sensor).
private func difference(_ old: Outcome, _ new: Outcome, _ text: [UInt8]) -> String? {
    guard case .faults(let before) = old else {
        return "\(String(decoding: text, as: UTF8.self)): \(old) against \(new)"
    }
    let after = if case .faults(let faults) = new { faults } else { [String]() }
    let kept = before.filter { !($0.hasPrefix("d.toml:") && $0.contains("does nothing without")) }
    let isSensor = before.contains { $0.contains("'handler' is never started") }
    let judged = after.filter { fault in
        before.contains(fault) || !(fault.contains("burst' is") || isSensor && fault.contains("handler"))
    }
    return kept == judged
        ? nil : "- \(before.filter { !after.contains($0) }) + \(after.filter { !before.contains($0) })"
}

private func hostDifferences(_ texts: [[UInt8]]) -> [String] {
    texts.compactMap { text in
        let old = Outcome { () throws(Faults) in
            try .read(text: text, file: "d.toml", directory: "/etc/x", host: testHost)
        }
        let new = Outcome { () throws(Faults) in
            try .readByKeys(text: text, file: "d.toml", directory: "/etc/x", host: testHost)
        }
        return old == new ? nil : difference(old, new, text)
    }
}

struct KeyReaderComparisonTests {
    /// Values of every type, right for some key and wrong for the others.
    private static let values = [
        "0", "1", "-1", "3", "99", "16384", "16385", "9999999999", "1.5", "-0.0", "nan", "true", "false", "\"\"",
        "\"x\"",
        "\"0s\"", "\"1ms\"", "\"1s\"", "\"1500ms\"", "\"30s\"", "\"1h\"", "\"99999999d\"", "\"64M\"", "\"0\"", "\"1\"",
        "\"9999999999T\"", "\"30/min\"", "\"0/s\"", "\"5/10s\"", "\"unlimited\"", "\"022\"", "\"7777\"", "\"default\"",
        "\"off\"", "\"kill\"", "\"log\"", "\"socket\"", "\"null\"", "\"data\"", "\"connect\"", "\"close\"",
        "\"tarpit\"",
        "\"/\"", "\"/srv\"", "\"/missing\"", "\"srv\"", "\"root\"", "\"toor\"", "\"sync\"", "\"nobody\"", "\"nobody2\"",
        "\"www-data\"", "\"mail\"", "\"77\"", "33", "4294967295", "\"cap_everything\"", "\"^cap_net_raw\"",
        "\"Europe/Berlin\"", "\"a\\r\\n\"", "'a\\n'", "\"\(String(repeating: "m", count: 513))\"", "[]", "[1]", "[[]]",
        "[\"x\"]", "[[\"echo\"]]", "[[\"missing\"], [\"cat\"]]", "[[\"a\"], [\"b\"], [\"c\"], [\"d\"], [\"e\"]]",
        "[\"echo\", \"--flag\"]", "[\"missing\"]", "[\"allow all\"]",
        "[\"deny 10.0.0.0/8\", \"allow all\", \"allow all\"]",
        "[\"10.0.0.0/8\"]", "[\"10.0.0.1/8\"]", "[\"127.0.0.1\"]",
        "[\"127.0.0.1\", \"::1\", \"127.0.0.2\", \"127.0.0.3\"]",
        "[\"127.0.0.1:7\"]", "[\"unix:/run/x\"]", "[\"127.0.0.1:7\", \"unix:/run/x\"]", "[\"root\"]",
        "[\"mail\", 8, 0]",
        "[\"unix\", \"inet\"]", "[\"unix\", \"unix\"]", "[\"+ptrace\", \"-socket\"]", "[\"+opem\"]",
        "[\"/srv\", \"/srv/\"]",
        "[\"/missing\"]", "[\"Mon-Fri 08:00-18:00\"]", "[\"Mon-Fri 8\"]", "[\"zen.spamhaus.org deny\"]", "{}",
        "{ A = \"1\" }",
        "{ LD_X = \"1\", B = 2 }", "{ 77 = 20 }", "{ 0 = 1, 300 = 1, 4 = -1 }", "{ read = [\"/srv\"] }", "2026-11-30",
    ]

    /// Every key of a service with every value, alone and beside what it needs or what makes it useless.
    private static func keyTexts(_ prefix: String) -> [[UInt8]] {
        Service.keys.flatMap { key in
            values.map { value in
                let line = "\(key.plainName) = \(value)\n"
                let top = key.name == "listen" || key.name == "handler" ? "" : goodTop
                let text =
                    key.table.isEmpty ? top + line + prefix : top + prefix + "\n[\(key.table)]\n" + line
                return Array(text.utf8)
            }
        }
    }

    private static let surroundings = [
        "", "start = \"data\"\n", "seccomp = \"off\"\nlandlock = \"off\"\n", "sensor = \"1h\"\n",
        "checks = [[\"cat\"]]\n",
        "hours = [\"Mon\"]\nrefuse = \"reset\"\n", "deny_message = \"no\"\noutput_filters = [[\"cat\"]]\n",
        "user = \"root\"\n", "user = \"www-data\"\nroot = \"/r\"\n", "enabled = false\nroot = \"/missing\"\n",
        "group = \"root\"\ngroups = [0]\n", "user = \"sync\"\ncapabilities = \"\"\n",
    ]

    @Test("shipped files are read alike")
    func shipped() throws {
        let folders = ["services", "etc/examples", "etc/packaging"]
        let files = try folders.flatMap { folder in
            try FileManager.default.contentsOfDirectory(atPath: root.path + "/" + folder)
                .filter { $0.hasSuffix(".toml") }.map { root.path + "/" + folder + "/" + $0 }
        }
        let texts = try files.map { Array(try Data(contentsOf: URL(fileURLWithPath: $0))) }
        #expect(texts.count >= 18)
        let found = try differences(texts)
        #expect(found == [])
        #expect(hostDifferences(texts) == [])
    }

    @Test("mutated service files are read alike", arguments: 0..<8 as Range<UInt64>)
    func mutated(seed: UInt64) throws {
        let texts = MutationCorpus.services(seed: seed)
        let found = try differences(texts, defaults: "nice = 3")
        #expect(found == [])
    }

    @Test("mutated host files are read alike", arguments: 0..<4 as Range<UInt64>)
    func mutatedHost(seed: UInt64) {
        let texts = MutationCorpus.hosts(seed: seed)
        #expect(hostDifferences(texts) == [])
    }

    @Test("every key with every value is read alike, in every surrounding", arguments: surroundings)
    func keys(surrounding: String) throws {
        let texts = Self.keyTexts(surrounding)
        #expect(texts.count > 6000)
        let found = try differences(texts)
        #expect(found == [])
    }

    @Test("every key with every value is read alike in [defaults]")
    func defaults() {
        let texts = Service.keys.flatMap { key in
            Self.values.map { value -> [UInt8] in
                let table = key.table.isEmpty ? "" : "\n[defaults.\(key.table)]"
                return Array("[defaults]\(table)\n\(key.plainName) = \(value)\n".utf8)
            }
        }
        #expect(hostDifferences(texts) == [])
    }

    @Test("every key of the host with every value is read alike")
    func host() {
        let texts = HostSettings.keys.flatMap { key in
            Self.values.map { value -> [UInt8] in
                Array(((key.table.isEmpty ? "" : "[\(key.table)]\n") + "\(key.plainName) = \(value)\n").utf8)
            }
        }
        #expect(hostDifferences(texts) == [])
    }

    @Test("unknown keys, wrong tables and defaults under a service are read alike")
    func others() throws {
        let texts = [
            "", "listen = 1", goodTop + "handlr = 1", goodTop + "memory = 1", goodTop + "backlog = 1",
            goodTop + "read = 1",
            goodTop + "half_life = 1", goodTop + "limits = 1", goodTop + "files = \"x\"", goodTop + "socket = []",
            goodTop + "penalties = 1", goodTop + "[limits]\nmemry = 1", goodTop + "[socket]\nmod = 1",
            goodTop + "[files]\nwrit = []", goodTop + "[penalties]\nfail = 1", goodTop + "[x.y]\nz = 1",
            goodTop + "user = \"www-data\"\n", goodTop + "[limits]\nrate = \"3/s\"\nburst = 7\n",
            goodTop + "seccomp = \"off\"", goodTop + "landlock = \"off\"", goodTop + "start = \"data\"",
            "listen = \"unix:/x\"\nhandler = [\"echo\"]\ndnsbl = [\"a.b deny\"]\nproxy_protocol = [\"10.0.0.0/8\"]",
            "listen = \"unix:/x\"\nsensor = \"1h\"", goodTop + "[limits]\nunknown = 1\n[[limits.x]]",
        ].map { Array($0.utf8) }
        let defaults = [
            "", "user = \"www-data\"\ngroup = 8\ncapabilities = \"\"",
            "system_calls = [\"+ptrace\"]\ngreet_delay = \"1s\"",
            "[defaults.files]\nread = [\"/srv\"]", "stderr = \"socket\"\ndeny_message = \"no\"",
            "[defaults.limits]\nmemory = \"1G\"",
        ]
        for defaults in defaults {
            let found = try differences(texts, defaults: defaults)
            #expect(found == [])
        }
    }
}
