// What explain says of each setting that a shipped service's file has, beside Golden/SERVICE.txt: a key that loses its
// line or its place shows here. What settings come to differs from machine to machine and is not compared; defaults
// are compared with the manual (KeyManualTests).
// To write the files anew after a meant change: DOORWARD_GOLDEN=write swift test --filter ExplanationGoldenTests

import Configuration
import ConfigurationLoader
import Foundation
import HostDefinition
import TestSupport
import Testing

@testable import Inspection

struct ExplanationGoldenTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()
    private static let services = tests.appending(path: "../../services").standardizedFileURL.path

    /// Those that have a golden file: a service that `make new-handler` has just made needs none.
    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: tests.appending(path: "Golden").path)) ?? []
        return files.map { String($0.dropLast(4)) }.sorted()
    }()

    /// Keys whose text names the kernel or the accounts of this machine.
    private static let ofThisMachine: Set = ["landlock", "seccomp", "user", "group", "capabilities"]

    private static func settings(of name: String) throws -> String {
        let state = try TemporaryDirectory()
        var choices = PathChoices()
        choices.services = services
        choices.handlers = "/usr/local/libexec/doorward"
        choices.state = state.path
        let explanation = Explanation(
            try Assessment(
                service: name, address: "192.0.2.7", choices, on: Host(accounts: [.init(name: "mail", uid: 8, gid: 8)]))
        )
        let lines = explanation.sections.flatMap { section in
            section.facts.filter { fact in
                fact.origin.hasPrefix(services) && !ofThisMachine.contains(fact.key) && !fact.key.hasPrefix("/")
            }.map { "\(section.title): \($0.key) = \($0.value) (\($0.origin))" }
        }
        return lines.joined(separator: "\n").replacing(services, with: "services") + "\n"
    }

    @Test("explain of a shipped service says each setting as its golden file does", arguments: names)
    func golden(name: String) throws {
        let file = Self.tests.appending(path: "Golden/\(name).txt")
        let settings = try Self.settings(of: name)
        if ProcessInfo.processInfo.environment["DOORWARD_GOLDEN"] == "write" {
            try settings.write(to: file, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: file, encoding: .utf8) == settings)
    }

    @Test("each golden file is that of a shipped service, and there are many")
    func files() throws {
        let services = try FileManager.default.contentsOfDirectory(atPath: Self.services)
        #expect(Set(services).isSuperset(of: Self.names.map { $0 + ".toml" }))
        #expect(Self.names.count >= 16)
    }
}
