// Clients of a service that measure how long their connections take (Tests/Load).
import Foundation
import Glibc

/// Load on an echo service, from its start until ``finish()``.
final class Load: @unchecked Sendable {
    /// What the clients have seen. Times in milliseconds.
    struct Result: CustomStringConvertible {
        let connections: Int
        let bad: Int
        let fault: String
        let median, permille999, longest: Double

        var description: String {
            "\(connections) connections, \(bad) bad \(fault), p50 \(median) ms, p99.9 \(permille999) ms, "
                + "longest \(longest) ms"
        }
    }

    /// How many connections the comparison of two loads needs.
    static let least = 5000

    private let child: Child
    private let condition = NSCondition()
    private var isEnough = false
    private var rest = ""
    private var isAtEnd = false

    /// - Parameters:
    ///   - source: an address that no other load has: its ports stay in TIME_WAIT.
    ///   - least: how many connections are measured at least.
    init(on port: UInt16, from source: String, least: Int = least) throws {
        child = try Child(
            [Supervised.build + "/test/load", "\(port)", source, "\(least)", "2"],
            variables: ["PATH": "/usr/bin:/bin"])
        let output = child.output
        Thread { [self] in
            var text = ""
            while case let some = output.availableData, !some.isEmpty {
                text += String(decoding: some, as: UTF8.self)
                condition.withLock { isEnough = text.hasPrefix("enough\n") }
            }
            condition.withLock {
                (rest, isAtEnd, isEnough) = (text, true, true)
                condition.broadcast()
            }
        }.start()
    }

    /// Whether as many connections were made as have to be measured.
    var hasEnough: Bool { condition.withLock { isEnough } }

    /// Ends the load when it has enough, and returns what the clients have seen.
    func finish() throws -> Result {
        try child.input.close()
        condition.withLock { while !isAtEnd { condition.wait() } }
        guard child.wait() == 0 else { throw HarnessError("the load ended by itself: \(rest)") }
        let fields = rest.split(separator: "\n").last?.split(separator: " ") ?? []
        let numbers = fields.prefix(5).compactMap { Double($0) }
        guard numbers.count == 5 else { throw HarnessError("the load said \(rest)") }
        return Result(
            connections: Int(numbers[0]), bad: Int(numbers[1]), fault: fields.dropFirst(5).joined(separator: " "),
            median: numbers[2] / 1000, permille999: numbers[3] / 1000, longest: numbers[4] / 1000)
    }
}
