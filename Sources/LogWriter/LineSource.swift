// A source of lines: its pipe, what has come of its next line, and how a line of it stands in the log.
internal import EventLog
internal import LinuxSystem
internal import Messages

/// One source, as long as its pipe is open.
final class LineSource {
    private let source: LogSource
    private let check: LineCheck
    private let pipe: Descriptor
    private var part: [UInt8] = []

    /// A line of ours is never longer. Source: PIPE_BUF, up to which a pipe takes a line whole.
    private static let mostBytes = 4096

    init(_ source: LogSource, _ pipe: consuming Descriptor) {
        self.source = source
        check = LineCheck(source)
        self.pipe = pipe
    }

    var number: Int32 { pipe.number }
    var isSupervisor: Bool { source == .supervisor }

    /// Reads once, and adds whole lines to the output.
    ///
    /// - Parameters:
    ///   - buffer: its size bounds what one source has at once.
    ///   - log: makes lines.
    /// - Returns: whether the source may still say something.
    /// Errors: read(2).
    func read(
        into buffer: inout [UInt8], _ log: inout EventLog, _ output: inout LogOutput
    ) throws(SystemError) -> Bool {
        let count: Int
        do throws(SystemError) {
            count = try pipe.read(into: &buffer)
        } catch  where error.errno == .again {
            return true
        }
        for byte in buffer[..<count] {
            if byte == UInt8(ascii: "\n") { endLine(&log, &output) } else { part.append(byte) }
            if part.count >= Self.mostBytes { endLine(&log, &output) }
        }
        if count == 0, !part.isEmpty { endLine(&log, &output) }
        return count > 0
    }

    private func endLine(_ log: inout EventLog, _ output: inout LogOutput) {
        defer { part.removeAll(keepingCapacity: true) }
        if check.allows(part[...]) {
            output.add(part)
        } else {
            quote(&log, &output)
        }
    }

    /// Adds a line with what the source has said as a text: a report of a crash, or what an attacker wants to be read.
    private func quote(_ log: inout EventLog, _ output: inout LogOutput) {
        log.begin("output", wallNanoseconds: Clock.wallNanoseconds())
        switch source {
        case .supervisor: log.field("from", "supervisor" as StaticString)
        case .resolver(let pid):
            log.field("from", "resolver" as StaticString)
            log.field("pid", Int(pid))
        case .gate(let service, let pid):
            log.field("service", service)
            log.field("from", "gate" as StaticString)
            log.field("pid", Int(pid))
        }
        let text = part
        log.field("text", text.span)
        var line: [UInt8] = []
        log.end(addingTo: &line)
        output.add(line.dropLast())
    }
}
