// Clients that connect again and again, one after another or several at once, and what they got.
import Foundation
import Glibc

/// Threads on a machine that connect, send a line, and read the answer to its end, again and again until ``stop()``.
final class RepeatingClients: @unchecked Sendable {
    /// What all clients got so far.
    struct Results {
        /// How many answers came, by their first word.
        var answers: [String: Int] = [:]
        /// What each client got that did not get its whole answer.
        var failures: [String] = []
        /// How many rounds each thread has finished.
        var rounds: [Int]
        /// The longest time from a round's start to the end of its last answer.
        var longestSeconds = 0.0
    }

    private let condition = NSCondition()
    private var found: Results
    private var isOver = false
    private var working: Int

    /// - Parameters:
    ///   - groups: how many clients connect at once, for each thread.
    ///   - other: the machine that they connect to. A whole answer ends with the line that the client sent.
    init(_ groups: [Int], from machine: Machine, to other: Machine, port: UInt16) {
        found = Results(rounds: groups.map { _ in 0 })
        working = groups.count
        for (index, size) in groups.enumerated() {
            let thread = Thread { [self] in
                while !isDone { runRound(size, as: index, from: machine, to: other, port: port) }
                condition.withLock {
                    working -= 1
                    condition.broadcast()
                }
            }
            thread.start()
        }
    }

    private var isDone: Bool { condition.withLock { isOver } }

    private func runRound(_ count: Int, as index: Int, from machine: Machine, to other: Machine, port: UInt16) {
        let start = Date()
        var outcomes: [String] = []
        do {
            let clients = try (0..<count).map { _ in try machine.client(100 + index, to: other, port: port) }
            for client in clients {
                client.send("hello\n")
                client.shutdownWrite()
            }
            outcomes = clients.map { $0.readToEnd() }
        } catch {
            outcomes = ["\(error)"]
        }
        condition.withLock {
            for outcome in outcomes {
                if outcome.hasSuffix("\nhello\n"), let word = outcome.split(separator: " ").first {
                    found.answers[String(word), default: 0] += 1
                } else {
                    found.failures.append(outcome)
                }
            }
            found.rounds[index] += 1
            found.longestSeconds = max(found.longestSeconds, Date().timeIntervalSince(start))
            condition.broadcast()
        }
    }

    var results: Results { condition.withLock { found } }

    /// Waits until the results fulfil a condition.
    func wait(seconds: Double = 15, until isSo: (Results) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        try condition.withLock {
            while !isSo(found) {
                guard condition.wait(until: deadline) else { throw HarnessError("the clients got only \(found)") }
            }
        }
    }

    /// Waits until every thread has finished the round that it is in.
    func waitForNextRounds() throws {
        let now = results.rounds
        try wait { later in zip(now, later.rounds).allSatisfy { $0 < $1 } }
    }

    /// Ends each thread after its round, and returns what all clients got.
    func stop() -> Results {
        condition.withLock {
            isOver = true
            while working > 0 { condition.wait() }
            return found
        }
    }
}
