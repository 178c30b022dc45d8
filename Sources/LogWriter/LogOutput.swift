// What is on its way to the log. Written in whole lines, at most PIPE_BUF bytes at once, and only when the kernel says
// that there is room: such a write does not wait, whatever the log is, but for a disk.
internal import EventLog
internal import LinuxSystem

/// Lines that are not written yet, and the number of those that could not be.
struct LogOutput: ~Copyable {
    private var bytes: [UInt8] = []
    private var written = 0
    private var losses: (lines: Int, errno: Errno)?

    private static let mostAtOnce = 4096

    var isEmpty: Bool { written == bytes.count }

    /// Adds a line, without its newline.
    mutating func add(_ line: some Collection<UInt8>) {
        if isEmpty {
            bytes.removeAll(keepingCapacity: true)
            written = 0
        }
        bytes.append(contentsOf: line)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Writes some lines. A line that cannot be written, because the disk is full, is lost, and the first line that can
    /// be comes after one that says how many were.
    ///
    /// - Parameter log: makes the line about lost lines.
    mutating func writeSome(to number: Int32, _ log: inout EventLog) {
        let next = nextLines()
        do throws(SystemError) {
            if let losses {
                try writeBytes(Self.line(about: losses, &log).span, to: number)
                self.losses = nil
            }
            try writeBytes(Array(bytes[next]).span, to: number)
        } catch {
            let lines = bytes[next].count { $0 == UInt8(ascii: "\n") }
            losses = ((losses?.lines ?? 0) + lines, error.errno)
        }
        written = next.upperBound
    }

    /// As many whole lines as may be written at once, or one longer line.
    private func nextLines() -> Range<Int> {
        let newline = UInt8(ascii: "\n")
        let window = bytes[written..<min(written + Self.mostAtOnce, bytes.count)]
        let last = window.lastIndex(of: newline) ?? bytes[written...].firstIndex(of: newline) ?? bytes.count - 1
        return written..<last + 1
    }

    private static func line(about losses: (lines: Int, errno: Errno), _ log: inout EventLog) -> [UInt8] {
        log.begin("log_lost", wallNanoseconds: Clock.wallNanoseconds())
        log.field("lines", losses.lines)
        log.field("errno", losses.errno.name)
        var line: [UInt8] = []
        log.end(addingTo: &line)
        return line
    }
}
