// What has to hold while hostile messages come: commands are answered, memory stays as it is, and no process traps.
import Foundation
import Glibc
import Testing

/// The limits of one supervisor and of processes of it, in floods one after the other.
final class FloodLimits {
    private let supervised: Supervised
    private let processes: [Int32]
    private let warmUp: Double
    /// The most memory of each process in the first seconds of the first flood, in KiB; empty before it.
    private var warmMemory: [Int] = []

    /// The first flood fills caches and tables. 67 million messages after it have made no process grow by more than
    /// 0.5 MB, and 3 million bans one by 2.3 MB, which it needs while it builds and saves the list.
    private static let mostGrowth = 4096

    /// - Parameter warmUp: how long the first flood lasts that memory is compared with. In seconds.
    init(_ supervised: Supervised, processes: [Int32], warmUp: Double = 0.5) {
        self.supervised = supervised
        self.processes = processes
        self.warmUp = warmUp
    }

    /// Lets senders send as fast as they can, and expects that `status` answers within a second, and that no process
    /// grows.
    ///
    /// - Parameter check: what else has to hold meanwhile.
    func expect(
        in senders: [() throws -> Bool], _ comment: Comment, check: () throws -> Bool = { true }
    ) throws {
        let flood = Flood(senders)
        defer { _ = flood.stop() }
        if warmMemory.isEmpty { warmMemory = try watch(for: warmUp, comment, check) }
        let memory = try watch(for: 1.5, comment, check)
        #expect(flood.stop() > 1000, comment)
        for (now, warm) in zip(memory, warmMemory) { #expect(now - warm < Self.mostGrowth, comment) }
    }

    /// - Returns: the most memory of each process.
    private func watch(for seconds: Double, _ comment: Comment, _ check: () throws -> Bool) throws -> [Int] {
        var most = try processes.map { try residentMemory(of: $0) }
        var late: [Double] = []
        let end = Date(timeIntervalSinceNow: seconds)
        while Date() < end {
            let status = try supervised.secondsOfStatus()
            if status >= 1 { late.append(status) }
            #expect(try check(), comment)
            most = try zip(most, processes).map { max($0, try residentMemory(of: $1)) }
        }
        // One command may have to wait for other processes of the machine.
        #expect(late.count <= 1, comment)
        return most
    }
}

extension Supervised {
    var configuration: String { directory + "/doorward.toml" }

    /// Runs `doorward COMMAND` for this supervisor.
    func command(_ words: [String]) throws -> Outcome {
        try run([Self.program] + words + ["--config", configuration])
    }

    /// How long `doorward status` takes, which must succeed.
    func secondsOfStatus() throws -> Double {
        let start = Date()
        let outcome = try command(["status"])
        guard outcome.status == 0 else { throw HarnessError("status: \(outcome.status) \(outcome.error)") }
        return Date().timeIntervalSince(start)
    }

    /// Expects that no process has ended by a signal of a trap.
    ///
    /// - Parameter service: one whose gates may end in any way.
    func expectNoTrap(_ comment: Comment? = nil, besides service: String? = nil) {
        let traps: Set = ["ILL", "TRAP", "SEGV", "BUS", "ABRT", "FPE", "SYS"]
        let trapped = log.all.filter { line in
            (line["signal"].map(traps.contains) ?? false) && (service == nil || line["service"] != service)
        }
        #expect(trapped.isEmpty, comment)
    }
}
