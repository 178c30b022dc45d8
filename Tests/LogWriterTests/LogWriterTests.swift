import EventLog
import LinuxSystem
import Messages
import TestSupport
import Testing

@testable import LogWriter

struct LogOutputTests {
    private func written(_ output: inout LogOutput, _ log: inout EventLog) throws -> String {
        let ends = try streamEnds()
        while !output.isEmpty { output.writeSome(to: ends.far.number, &log) }
        return text(try readOnce(ends.near))
    }

    @Test("lines are written whole, at most 4096 bytes at once")
    func whole() throws {
        var output = LogOutput()
        var log = EventLog()
        let line = [UInt8](repeating: UInt8(ascii: "x"), count: 999)
        for _ in 0..<10 { output.add(line) }
        let ends = try streamEnds()
        output.writeSome(to: ends.far.number, &log)
        #expect(try readOnce(ends.near).count == 4000)
        #expect(try written(&output, &log).utf8.count == 6000)
    }

    @Test("lines that find the disk full are counted, and the first that finds room comes after their number")
    func full() throws {
        var output = LogOutput()
        var log = EventLog()
        let full = try openForWriting("/dev/full")
        for name in ["a", "b", "c"] {
            output.add(Array(name.utf8))
            output.writeSome(to: full.number, &log)
        }
        output.add(Array("d".utf8))
        let lines = try written(&output, &log).split(separator: "\n")
        #expect(lines.count == 2)
        #expect(lines[0].hasSuffix(" event=log_lost lines=3 errno=ENOSPC"))
        #expect(lines[1] == "d")
        output.add(Array("e".utf8))
        #expect(try written(&output, &log) == "e\n")
    }
}

struct LineSourceTests {
    /// What stands in the log after a gate has written this.
    private func lines(of text: String) throws -> [Substring] {
        let pipe = try streamEnds()
        let source = LineSource(.gate(service: "echo", pid: 17), try Descriptor.duplicate(of: pipe.near.number))
        try pipe.takeFar().writeAll(Array(text.utf8).span)
        var buffer = [UInt8](repeating: 0, count: 16384)
        var output = LogOutput()
        var log = EventLog()
        while try source.read(into: &buffer, &log, &output) {}
        let ends = try streamEnds()
        while !output.isEmpty { output.writeSome(to: ends.far.number, &log) }
        return TestSupport.text(try readAll(ends.takeNear())).split(separator: "\n")
    }

    @Test("what a gate says for itself stands as it is, and anything else as a text with the gate's name")
    func attribution() throws {
        let own = "2026-12-01T03:18:05.216Z event=closed service=echo pid=17 active=0"
        let lines = try lines(of: "\(own)\n2026-12-01T03:18:05.216Z event=closed service=mail\nFatal error\u{1b}")
        #expect(lines.count == 3)
        #expect(lines[0] == own)
        let prefix = "event=output service=echo from=gate pid=17 text="
        #expect(lines[1].hasSuffix(prefix + "\"2026-12-01T03:18:05.216Z event=closed service=mail\""))
        #expect(lines[2].hasSuffix(prefix + "\"Fatal error\\x1b\""))
    }

    @Test("a line without an end is cut, and takes no more memory")
    func endless() throws {
        let lines = try lines(of: String(repeating: "x", count: 10000))
        #expect(lines.count == 3)
        for line in lines { #expect(line.utf8.count <= 4096 && line.contains(" event=output service=echo")) }
    }
}
