// The supervisor's log as tests see it: lines that can be waited for.
import Foundation

/// A line `TIME event=NAME key=value ...`.
struct LogLine: CustomStringConvertible {
    let description: String

    /// The value of a field; quotes are taken off.
    subscript(key: String) -> String? {
        guard let range = description.range(of: " \(key)=") else { return nil }
        let rest = description[range.upperBound...]
        if rest.hasPrefix("\"") { return String(rest.dropFirst().prefix { $0 != "\"" }) }
        return String(rest.prefix { $0 != " " })
    }

    var event: String { self["event"] ?? "" }
}

/// Collects lines beside the test, until the writers close.
final class LogReader: @unchecked Sendable {
    private let condition = NSCondition()
    private var lines: [LogLine] = []
    private var rest = Data()

    init(_ handle: FileHandle) {
        let thread = Thread { [self] in
            while case let data = handle.availableData, !data.isEmpty { add(data) }
        }
        thread.start()
    }

    private func add(_ data: Data) {
        condition.lock()
        rest += data
        while let end = rest.firstIndex(of: 10) {
            lines.append(LogLine(description: String(decoding: rest[..<end], as: UTF8.self)))
            rest = Data(rest[rest.index(after: end)...])
        }
        condition.broadcast()
        condition.unlock()
    }

    /// All lines so far.
    var all: [LogLine] {
        condition.lock()
        defer { condition.unlock() }
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
