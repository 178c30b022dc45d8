// Reading is total: from any bytes comes a result or a fault inside the file, and never a trap.

import HostDefinition
import ServiceModel
import Testing

@testable import Configuration

/// A generator that gives the same numbers each time. Source: Steele, Lea, Flood 2014 (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var bits = state
        bits = (bits ^ bits >> 30) &* 0xbf58_476d_1ce4_e5b9
        bits = (bits ^ bits >> 27) &* 0x94d0_49bb_1331_11eb
        return bits ^ bits >> 31
    }
}

struct MutationTests {
    static let service = """
        # a comment with "quotes" and [brackets]
        listen = ["127.0.0.1:7007", "[::1]:7007", "unix:/run/x.sock"] # more
        handler = [
            "echo",  # argv[0]
            '--flag', "\\u00e9\\n",
        ]
        user = "www-data"
        group = 33
        groups = ["mail", 33]
        capabilities = ""
        access = ["deny 203.0.113.0/24", "allow 10.0.0.0/8 A=1 handler=cat", "allow all"]
        environment = { NAME = "value", "OTHER" = '''x''' }
        stderr = "log"
        directory = "/srv"
        umask = "022"
        nice = -5
        enabled = true
        network = ["unix", "inet"]
        seccomp = "kill"
        system_calls = ["+ptrace", "-socket"]
        landlock = "default"
        private_tmp = "64M"
        root = "/r"

        [limits]
        connections = 100
        per_source = "unlimited"
        lifetime = "1h"
        memory = "64M"
        cpu = "30s"
        total_memory = "1G"

        [socket]
        backlog = 0x400
        owner = 0
        mode = "660"

        [files]
        read = ["/srv/www/", "/etc/hosts"]
        write = ["/var/spool"]
        execute = []

        """
    static let host = """
        services = "services"
        source_prefix = { ipv4 = 24, ipv6 = 48 }
        drain = "30s"

        [defaults]
        nice = 1
        access = ["allow 10.0.0.0/8"]
        network = true
        private_tmp = true
        [defaults.files]
        read = ["/usr/share"]
        [defaults.limits]
        memory = "1G"
        [[defaults.x]]
        [defaults.x.y]

        """
    /// What a mutation puts in: what TOML's structure is made of, and what must not be text.
    private static let pieces: [[UInt8]] =
        [
            "\"", "'", "\"\"\"", "'''", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\n", "\r\n", "\r", "\u{b}",
            "\u{85}", "\u{a0}", "\\",
            "\\u0000",
            "\\U0010ffff", "0", "-", "99999999999999999999", "é", "\u{feff}", "\u{2028}", " ", "\t", "a.b.c", "inf",
        ].map { Array($0.utf8) } + [[0x00], [0xff], [0xc3], [0x80], [0x1b], [0x7f]]

    func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0...bytes.count, using: &generator)
            let length = min(Int.random(in: 0...8, using: &generator), bytes.count - start)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.removeSubrange(start..<(start + length))
            case 1:
                bytes.insert(
                    contentsOf: bytes[start..<(start + length)], at: Int.random(in: 0...bytes.count, using: &generator))
            case 2: bytes.insert(contentsOf: Self.pieces.randomElement(using: &generator) ?? [], at: start)
            default: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &generator) }
            }
        }
        return bytes
    }

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
        var generator = SeededGenerator(state: seed)
        let reader = ServiceReader(host: testHost, configuration: try hostConfiguration(defaults: "nice = 3"))
        for _ in 0..<500 {
            let bytes = mutated(Array(Self.service.utf8), using: &generator)
            switch reader.read(name: "s", file: "s.toml", text: bytes) {
            case .success: #expect(PositionIndex(bytes).ending == .complete)
            case .failure(let faults): expectInside(faults, bytes, file: "s.toml")
            }
        }
    }

    @Test(
        "a mutated doorward.toml is a configuration or has a fault inside the file", arguments: 0..<4 as Range<UInt64>)
    func host(seed: UInt64) {
        var generator = SeededGenerator(state: seed &+ 1000)
        for _ in 0..<500 {
            let bytes = mutated(Array(Self.host.utf8), using: &generator)
            do {
                _ = try HostConfiguration.read(text: bytes, file: "d.toml", host: testHost)
            } catch {
                expectInside(error, bytes, file: "d.toml")
            }
        }
    }

    @Test("whatever stands where a value should is a value or a fault", arguments: 0..<4 as Range<UInt64>)
    func scalar(seed: UInt64) {
        var generator = SeededGenerator(state: seed &+ 2000)
        let alphabet = Array("0012345679__++--..::eExXoObBtTzZinfa ,]}\r".utf8)
        for _ in 0..<500 {
            let length = Int.random(in: 0...40, using: &generator)
            let value = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            for text in [Array("a = ".utf8) + value, Array("a = [1, ".utf8) + value + Array("]".utf8)] {
                do {
                    let entries = try readTOML(SourceText(text, file: "f"))
                    #expect(entries.map(\.key) == ["a"])
                } catch {
                    expectInside(Faults([error]), text, file: "f")
                }
            }
        }
    }

    @Test("the index ends for any bytes", arguments: 0..<4 as Range<UInt64>)
    func index(seed: UInt64) {
        var generator = SeededGenerator(state: seed &+ 3000)
        for _ in 0..<500 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 0...60, using: &generator) {
                bytes += Self.pieces.randomElement(using: &generator) ?? []
            }
            #expect(PositionIndex(bytes).count <= bytes.count)
        }
    }
}
