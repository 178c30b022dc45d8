import Addresses
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import EventLog

/// What a log writes while `write` runs: at most what a stream's buffer takes.
private func written(_ write: (inout EventLog) -> Void) throws -> String {
    let ends = try streamEnds()
    var log = EventLog(destination: ends.far.number)
    write(&log)
    return text(try readAll(ends.takeNear()))
}

private func line(_ write: (inout EventLog) -> Void) throws -> String {
    try written { log in
        log.begin("x", wallNanoseconds: 0)
        write(&log)
        log.end()
    }
}

private let start = "1970-01-01T00:00:00.000Z event=x"

struct EventLogTests {
    @Test("every kind of field has its form")
    func fields() throws {
        let line = try line { log in
            log.field("static", "yes" as StaticString)
            log.field("text", "a b")
            log.field("number", -5)
            log.field("peer", .ip(.v6(1), port: 25))
            log.field(connection: ConnectionID(pid: 42, number: .max))
            log.field("duration", nanoseconds: 61_002_999_999)
            log.field("rule", file: "ser vices/x.toml", line: 7)
            log.blocked(.v4(0xc000_0207))
        }
        #expect(
            line == start + " static=yes text=\"a b\" number=-5 peer=[::1]:25 connection=42.18446744073709551615"
                + " duration=61.002 rule=\"ser vices/x.toml\":7 message=\"IP 192.0.2.7 is blocked\"\n")
    }

    @Test(
        "a duration is in seconds with three decimals, and never negative",
        arguments: [
            (Int64(0), "0.000"), (999_999, "0.000"), (1_000_000, "0.001"), (1_500_000_000, "1.500"), (-1, "0.000"),
            (.min, "0.000"), (.max, "9223372036.854"),
        ])
    func duration(nanoseconds: Int64, expected: String) throws {
        #expect(try line { $0.field("d", nanoseconds: nanoseconds) } == start + " d=\(expected)\n")
    }

    @Test("each line starts empty, also after a line that was cut")
    func lines() throws {
        let all = try written { log in
            log.begin("x", wallNanoseconds: 0)
            log.field("k", String(repeating: "v", count: 5000))
            log.end()
            log.begin("y", wallNanoseconds: 1_000_000)
            log.end()
        }
        let lines = all.split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 3)
        #expect(lines[0].hasSuffix(" cut=yes"))
        #expect(lines[1] == "1970-01-01T00:00:00.001Z event=y")
        #expect(lines[2].isEmpty)
    }

    @Test("a line of any length ends in exactly one newline, and says when it was cut")
    func boundary() throws {
        for length in 4020...4110 {
            let whole = start + " k=" + String(repeating: "v", count: length) + "\n"
            let line = try line { $0.field("k", String(repeating: "v", count: length)) }
            #expect(line.utf8.count <= 4096)
            #expect(line.hasSuffix("\n"))
            #expect(line.utf8.count { $0 == UInt8(ascii: "\n") } == 1)
            #expect(line == whole || line.hasSuffix(" cut=yes\n"), "length \(length)")
            #expect((line == whole) == (whole.utf8.count <= 4096), "length \(length)")
        }
    }

    @Test("a value that is cut is still a closed value", arguments: [" ", "\n", "\"", "ü", "a b"])
    func cutInQuotes(byte: String) throws {
        for length in 1100...1120 {
            let line = try line { log in
                log.field("first", String(repeating: "x", count: 3000))
                log.field("k", String(repeating: byte, count: length))
            }
            #expect(line.hasSuffix("\" cut=yes\n"))
            #expect(line.utf8.count { $0 == UInt8(ascii: "\"") } % 2 == 0)
            // No escape is cut in the middle.
            let value = line.dropLast(10)
            if let backslash = value.lastIndex(of: "\\") { #expect(value[backslash...].count >= 4) }
        }
    }

    @Test("a log that cannot be written is no error")
    func fullDevice() throws {
        let full = try openForWriting("/dev/full")
        var log = EventLog(destination: full.number)
        log.begin("x", wallNanoseconds: 0)
        log.end()
    }
}
