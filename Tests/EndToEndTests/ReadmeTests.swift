// What the README shows is what there is.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("README")
    struct ReadmeTests {
        private static let root = Supervised.build + "/.."

        private func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(Self.root)/\(name)", encoding: .utf8)
        }

        @Test(
            "its listings are the files they say they are",
            arguments: [
                "Sources/Handlers/hello/Hello.swift"
            ])
        func listings(file: String) throws {
            #expect(try text("README.md").contains(try text(file)))
        }

        @Test("its service files are sound, and its shell handler does what it says")
        func examples() throws {
            let blocks = try text("README.md").components(separatedBy: "\n```")
            let shell = try #require(blocks.first { $0.hasPrefix("sh\n#!/bin/sh\n") }).dropFirst(3)
            let toml = try #require(blocks.first { $0.hasPrefix("toml\n# services/smtp.toml") }).dropFirst(5)
            let doorward = try Supervised(
                services: ["shell": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/shell\"]"],
                files: ["shell": String(shell) + "\n"])
            #expect(try exchange(port: doorward.port("shell"), "Ada\n") == "Hello, Ada, from 127.0.0.1\n")
            // The mail receiver comes later; until then any handler stands in for it.
            try doorward.write(
                String(toml).replacingOccurrences(of: "\"esmtp\"", with: "\"echo\""), to: "services/smtp.toml")
            let outcome = try run([Supervised.program, "check", "--config", doorward.directory + "/doorward.toml"])
            #expect(outcome.status == 0, "\(outcome.output)")
        }

        @Test("the example handler greets")
        func hello() throws {
            let doorward = try Supervised(services: ["hello": "listen = [\"127.0.0.1:0\"]\nhandler = [\"hello\"]"])
            let answer = try exchange(port: doorward.port("hello"), "Ada\n\n")
            #expect(answer == "What is your name?\r\nHello, Ada!\r\n")
        }
    }
}
