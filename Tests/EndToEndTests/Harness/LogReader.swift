// The supervisor's log as lines that a test can wait for. A test sees every line that was written before it asks.
import Foundation
import Glibc

/// A line `TIME event=NAME key=value ...`.
struct LogLine: CustomStringConvertible {
    let description: String

    /// The value of a field, without its quotes.
    subscript(key: String) -> String? {
        guard let range = description.range(of: " \(key)=") else { return nil }
        let rest = description[range.upperBound...]
        if rest.hasPrefix("\"") { return String(rest.dropFirst().prefix { $0 != "\"" }) }
        return String(rest.prefix { $0 != " " })
    }

    var event: String { self["event"] ?? "" }
}

/// Collects lines in a thread of its own, so that no writer ever waits, until all writers have closed the pipe.
final class LogReader: @unchecked Sendable {
    private let condition = NSCondition()
    private var lines: [LogLine] = []
    private var rest = Data()
    private let handle: FileHandle

    init(_ handle: FileHandle) {
        self.handle = handle
        let fd = handle.fileDescriptor
        _ = fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK)
        let thread = Thread { [self] in
            var entry = pollfd(fd: fd, events: Int16(POLLIN), revents: 0)
            repeat { poll(&entry, 1, -1) } while takeMore()
        }
        thread.start()
    }

    /// Takes the bytes that have come, and returns whether more may come.
    private func takeMore() -> Bool {
        condition.lock()
        defer { condition.unlock() }
        return take()
    }

    private func take() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while true {
            let count = read(handle.fileDescriptor, &buffer, buffer.count)
            guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
            rest += buffer[..<count]
            while let end = rest.firstIndex(of: 10) {
                lines.append(LogLine(description: String(decoding: rest[..<end], as: UTF8.self)))
                rest = Data(rest[rest.index(after: end)...])
            }
            condition.broadcast()
        }
    }

    /// All lines so far, with those that are on their way: a process of its own writes the log. Nothing tells that it
    /// has written everything, so this waits until no line has come for a moment.
    var all: [LogLine] {
        condition.lock()
        defer { condition.unlock() }
        _ = take()
        let last = Date(timeIntervalSinceNow: 1)
        while condition.wait(until: min(Date(timeIntervalSinceNow: 0.03), last)) {}
        return lines
    }

    /// Waits until `count` lines match, and returns the last of those.
    func wait(
        for event: String, count: Int = 1, seconds: Double = 15, where matches: (LogLine) -> Bool = { _ in true }
    ) throws -> LogLine {
        let deadline = Date(timeIntervalSinceNow: seconds)
        condition.lock()
        defer { condition.unlock() }
        while true {
            let found = lines.filter { $0.event == event && matches($0) }
            if found.count >= count { return found[count - 1] }
            guard condition.wait(until: deadline) else {
                let text = lines.suffix(30).map(\.description).joined(separator: "\n")
                throw HarnessError("no line \(count) of event=\(event) within \(seconds) s; the log ends:\n\(text)")
            }
        }
    }
}
