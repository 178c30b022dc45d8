// Checks: the administrator's own programs, which the gate asks about a source before it starts a handler. A check runs
// as a handler does, in the same sandbox, but gets nothing of the connection except its variables; so one answer is
// good for all connections of a source. A source comes in only if every check lets it in; a check that fails or takes
// too long refuses it.
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// The checks of one service: the answers so far, and the programs that run.
struct CheckRunner: ~Copyable {
    private var cache: CheckCache
    private(set) var runs: CheckRuns
    private let programCount: Int
    private let duration: Int64
    /// Whether a pending connection needs a check that has not been started.
    var isDue = false

    init(_ checks: Checks) {
        cache = CheckCache(
            holds: checks.cache.nanoseconds, sourcesPerFamily: checks.programs.isEmpty ? 1 : CheckCache.standardSources)
        runs = CheckRuns(capacity: Checks.atOnce)
        programCount = checks.programs.count
        duration = checks.timeout.nanoseconds
    }

    /// What the end of a check means.
    enum Outcome {
        /// The next check of the source is to start.
        case goesOn(CheckRun)
        /// The source has its answer.
        case answered(CheckRun, CheckAnswer)
        /// The check gave no answer in time.
        case late(CheckRun)
        /// The check gave no answer, and how it ended is in the log.
        case failed(CheckRun)
    }

    /// Monotonic: when ``killLate(at:)`` has a check to kill; nil for never.
    var deadline: Int64? { runs.deadline }

    /// The answer for a source; nil when it has to be checked.
    func answer(for source: Source, at now: Int64) -> CheckAnswer? { cache.answer(for: source, at: now) }

    /// The run for a connection whose source has none yet.
    func run(for connection: borrowing AdmittedConnection, at now: Int64) -> CheckRun? {
        guard !runs.contains(connection.source) else { return nil }
        return CheckRun(
            source: connection.source, facts: connection.facts(nil), rule: connection.rule, deadline: now + duration)
    }

    /// Records that the check of a run has started.
    mutating func started(_ run: CheckRun, pid: Int32) {
        var run = run
        run.pid = pid
        runs.add(run)
    }

    /// Handles the end of a process; nil when it was no check.
    ///
    /// - Parameters:
    ///   - hasFailed: whether its program did not start.
    mutating func ended(_ end: ProcessEnd, hasFailed: Bool, at now: Int64) -> Outcome? {
        guard var run = runs.remove(pid: end.pid) else { return nil }
        switch end.way {
        case .exited(status: 0) where !hasFailed:
            run.position += 1
            run.isLate = run.isLate || now >= run.deadline
            if run.position < programCount, !run.isLate { return .goesOn(run) }
            // From here on the run has left its place, and other connections may wait for one.
            isDue = true
            if run.position < programCount { return .late(run) }
            return learn(.passed, of: run, at: now)
        case .exited where !hasFailed:
            isDue = true
            return learn(.refused(check: run.position), of: run, at: now)
        default:
            isDue = true
            return .failed(run)
        }
    }

    private mutating func learn(_ answer: CheckAnswer, of run: CheckRun, at now: Int64) -> Outcome {
        cache.learn(answer, of: run.source, at: now)
        return .answered(run, answer)
    }

    /// Kills checks that take too long.
    mutating func killLate(at now: Int64) { runs.expire(at: now) { Processes.signalGroup(of: $0, .kill) } }

    /// Kills all checks, because no pending connection needs an answer.
    func killAll() { runs.forEach { Processes.signalGroup(of: $0, .kill) } }
}
