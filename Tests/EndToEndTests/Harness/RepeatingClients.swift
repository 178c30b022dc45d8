// Clients that come all the time, some one after another and some at once, and what became of them.
import Foundation
import Glibc

/// Threads on a machine that connect, say something, and read the answer to its end; until they are told to stop.
final class RepeatingClients: @unchecked Sendable {
    /// What they found so far.
    struct Results {
        /// Answers by their first word.
        var answers: [String: Int] = [:]
        /// Whoever got no answer, or not all of it.
        var failures: [String] = []
        /// Of each thread: how many times it has come and gone.
        var rounds: [Int]
        /// Between coming and the end of the answer.
        var longestSeconds = 0.0
    }

    private let condition = NSCondition()
    private var found: Results
    private var isOver = false
    private var working: Int

    /// - Parameters:
    ///   - groups: how many come at once, for each thread.
    ///   - other: where they go. The answer ends in what they said.
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

    /// Waits until this is so of what they found.
    func wait(seconds: Double = 15, until isSo: (Results) -> Bool) throws {
        let deadline = Date(timeIntervalSinceNow: seconds)
        try condition.withLock {
            while !isSo(found) {
                guard condition.wait(until: deadline) else { throw HarnessError("the clients found only \(found)") }
            }
        }
    }

    /// Waits until nobody is there any more who is there now.
    func waitForNextRounds() throws {
        let now = results.rounds
        try wait { later in zip(now, later.rounds).allSatisfy { $0 < $1 } }
    }

    /// Tells them to come no more, waits for those who are there, and returns what all of them found.
    func stop() -> Results {
        condition.withLock {
            isOver = true
            while working > 0 { condition.wait() }
            return found
        }
    }
}
