// Texts for which reading must not trap: two files changed at random, random texts in the place of a value, and pieces
// of TOML in any order.
// Promises the same texts for the same seed.

import TestSupport

enum MutationCorpus {
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
    /// The pieces that a mutation inserts: parts of TOML's structure, and bytes that are no text.
    private static let pieces: [[UInt8]] =
        [
            "\"", "'", "\"\"\"", "'''", "[", "]", "[[", "]]", "{", "}", "=", ".", ",", "#", "\n", "\r\n", "\r", "\u{b}",
            "\u{85}", "\u{a0}", "\\",
            "\\u0000",
            "\\U0010ffff", "0", "-", "99999999999999999999", "é", "\u{feff}", "\u{2028}", " ", "\t", "a.b.c", "inf",
        ].map { Array($0.utf8) } + [[0x00], [0xff], [0xc3], [0x80], [0x1b], [0x7f]]

    private static func mutated(_ bytes: [UInt8], using generator: inout SeededGenerator) -> [UInt8] {
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &generator) {
            let start = Int.random(in: 0...bytes.count, using: &generator)
            let length = min(Int.random(in: 0...8, using: &generator), bytes.count - start)
            switch Int.random(in: 0..<4, using: &generator) {
            case 0: bytes.removeSubrange(start..<(start + length))
            case 1:
                bytes.insert(
                    contentsOf: bytes[start..<(start + length)], at: Int.random(in: 0...bytes.count, using: &generator))
            case 2: bytes.insert(contentsOf: pieces.randomElement(using: &generator) ?? [], at: start)
            default: if start < bytes.count { bytes[start] = UInt8.random(in: 0...255, using: &generator) }
            }
        }
        return bytes
    }

    /// 500 service files, each changed in up to four places.
    static func services(seed: UInt64) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed)
        return (0..<500).map { _ in mutated(Array(service.utf8), using: &generator) }
    }

    /// 500 files of the machine, each changed in up to four places.
    static func hosts(seed: UInt64) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed &+ 1000)
        return (0..<500).map { _ in mutated(Array(host.utf8), using: &generator) }
    }

    /// 500 values of `a`, alone and in a list, of the characters of numbers and dates.
    static func scalars(seed: UInt64) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed &+ 2000)
        let alphabet = Array("0012345679__++--..::eExXoObBtTzZinfa ,]}\r".utf8)
        return (0..<500).flatMap { _ in
            let length = Int.random(in: 0...40, using: &generator)
            let value = (0..<length).map { _ in alphabet.randomElement(using: &generator) ?? 0 }
            return [Array("a = ".utf8) + value, Array("a = [1, ".utf8) + value + Array("]".utf8)]
        }
    }

    /// 500 texts of up to 60 pieces.
    static func medleys(seed: UInt64) -> [[UInt8]] {
        var generator = SeededGenerator(seed: seed &+ 3000)
        return (0..<500).map { _ in
            (0..<Int.random(in: 0...60, using: &generator)).flatMap { _ in
                pieces.randomElement(using: &generator) ?? []
            }
        }
    }

    /// Copies of a file with one fault each: a byte of TOML's structure left out, doubled or replaced, a line twice, or
    /// the file cut off.
    static func brokenVersions(of file: [UInt8]) -> [[UInt8]] {
        var result: [[UInt8]] = []
        for (offset, byte) in file.enumerated() where "[]{}=\"',.\n".utf8.contains(byte) {
            var bytes = file
            bytes.remove(at: offset)
            result.append(bytes)
            bytes.insert(contentsOf: [byte, byte], at: offset)
            result.append(bytes)
            for other in "]}\"\n=\\\r#" {
                bytes = file
                bytes[offset] = other.asciiValue ?? 0
                result.append(bytes)
            }
            result.append(Array(file[..<offset]))
        }
        for line in file.split(separator: UInt8(ascii: "\n")) { result.append(file + line + [UInt8(ascii: "\n")]) }
        return result
    }
}
