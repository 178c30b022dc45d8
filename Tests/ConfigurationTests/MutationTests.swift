// Reading is total: any bytes give a result or a fault inside the file, and never a trap.

@testable import HostDefinition
import ServiceModel
import TestSupport
import Testing

@testable import Configuration

struct MutationTests {
    private func expectInside(_ faults: Faults, _ bytes: [UInt8], file: String) {
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for fault in faults.all where fault.position.file == file {
            let isInside =
                (1...lines.count).contains(fault.position.line)
                && (1...(lines[fault.position.line - 1].count + 1)).contains(fault.position.column)
            #expect(isInside, "\(fault) in \(String(decoding: bytes, as: UTF8.self))")
        }
    }

    @Test("a mutated service file is a service or has a fault inside the file", arguments: 0..<8 as Range<UInt64>)
    func service(seed: UInt64) throws {
        let reader = ServiceReader(host: testHost, configuration: try hostConfiguration(defaults: "nice = 3"))
        for bytes in MutationCorpus.services(seed: seed) {
            switch reader.read(name: "s", file: "s.toml", text: bytes) {
            case .success: try expectPlaces(bytes)
            case .failure(let faults): expectInside(faults, bytes, file: "s.toml")
            }
        }
    }

    @Test(
        "a mutated doorward.toml is a configuration or has a fault inside the file", arguments: 0..<4 as Range<UInt64>)
    func host(seed: UInt64) {
        for bytes in MutationCorpus.hosts(seed: seed) {
            do {
                _ = try HostConfiguration.read(text: bytes, file: "d.toml", host: testHost)
            } catch {
                expectInside(error, bytes, file: "d.toml")
            }
        }
    }

    @Test("any text in the place of a value is a value or a fault", arguments: 0..<4 as Range<UInt64>)
    func scalar(seed: UInt64) {
        for text in MutationCorpus.scalars(seed: seed) {
            do {
                let entries = try readTOML(SourceText(text, file: "f"))
                #expect(entries.map(\.key) == ["a"])
            } catch {
                expectInside(Faults([error]), text, file: "f")
            }
        }
    }

    @Test("pieces of TOML in any order are values, or have a fault inside the file", arguments: 0..<4 as Range<UInt64>)
    func medley(seed: UInt64) {
        for bytes in MutationCorpus.medleys(seed: seed) {
            do throws(Fault) {
                try expectPlaces(bytes)
            } catch {
                expectInside(Faults([error]), bytes, file: "f")
            }
        }
    }

    @Test("a shipped file is read; a damaged copy is read too or has a fault inside the file", arguments: shippedFiles)
    func shipped(file: [UInt8]) throws {
        try expectPlaces(file)
        let broken = MutationCorpus.brokenVersions(of: file)
        var faultCount = 0
        for bytes in broken {
            do throws(Fault) {
                try expectPlaces(bytes)
            } catch {
                expectInside(Faults([error]), bytes, file: "f")
                faultCount += 1
            }
        }
        #expect(faultCount > 30)
    }
}

/// The shipped service files, examples and doorward.toml.
private let shippedFiles: [[UInt8]] = {
    let root = #filePath.prefix(upTo: #filePath.firstRange(of: "/Tests/ConfigurationTests/")!.lowerBound)
    let names = output(of: "ls '\(root)'/services/*.toml '\(root)'/etc/*.toml '\(root)'/etc/examples/*.toml")
    return names.split(separator: "\n").map { Array(output(of: "cat '\($0)'").utf8) }
}()

/// Reads a text, and expects the key or the value at each place.
private func expectPlaces(_ bytes: [UInt8]) throws(Fault) {
    let entries = try readTOML(SourceText(bytes, file: "f"))
    Places(bytes).expect(entries)
}

/// A text, and its bytes at a place.
private struct Places {
    let bytes: [UInt8]
    let lineStarts: [Int]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        lineStarts = [0] + bytes.indices.filter { bytes[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
    }

    func rest(_ position: SourcePosition) -> ArraySlice<UInt8> {
        bytes[(lineStarts[position.line - 1] + position.column - 1)...]
    }

    private func begins(_ position: SourcePosition, with first: String) -> Bool {
        rest(position).first.map { first.utf8.contains($0) } ?? false
    }

    func expect(_ entries: [TOMLEntry]) {
        var last: SourcePosition?
        for entry in entries {
            #expect(rest(entry.position).starts(with: entry.key.utf8) || begins(entry.position, with: "\"'"))
            if let last { #expect(last.isBefore(entry.position)) }
            last = entry.position
            // A table without braces, and a list of such tables, have the place of their key.
            if entry.value.position != entry.position { #expect(!begins(entry.value.position, with: " \t=\n")) }
            expect(entry.value, at: entry.position)
        }
    }

    private func expect(_ node: TOMLNode, at key: SourcePosition) {
        let position = node.position
        switch node.content {
        case .string(let text):
            #expect(begins(position, with: "\"'"))
            if let inside = node.textPosition { #expect(rest(inside).starts(with: text.utf8)) }
        case .integer, .float: #expect(begins(position, with: "+-0123456789in"))
        case .boolean(let value): #expect(rest(position).starts(with: "\(value)".utf8))
        case .other: #expect(begins(position, with: "0123456789"))
        case .list(let nodes):
            #expect(position == key || begins(position, with: "["))
            for node in nodes { expect(node, at: node.position) }
        case .table(let entries):
            #expect(position == key || begins(position, with: "{"))
            expect(entries)
        }
    }
}
