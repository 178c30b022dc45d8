// How fast the reports of one process are read. A process that was taken over may send as fast as it can; what is too
// much waits in its pipe, where it costs nobody but its sender anything. Pure: the time is a parameter.
internal import Tables

/// The reading of one process's reports.
struct ReportFlow: Hashable {
    private var budget = TokenBucket(at: 0)
    /// Monotonic: when to go on reading; nil: they are read.
    private(set) var pausedUntil: Int64?
    /// Whether nothing is read any more.
    private(set) var isClosed = false
    /// Whether it has sent a message of an unknown kind. Only the first is logged.
    var hasSentUnknown = false
    private var isTold = false

    /// Several times what a gate says that is attacked in earnest (SupervisorLink has its limits).
    private static let rate = Rate(count: 1000, period: 1_000_000_000, burst: 4000)
    static let pauseNanoseconds: Int64 = 100_000_000

    /// What to do before the next report is read.
    enum Step: Hashable {
        case read
        /// Nothing is read for a while, beginning now. The log says so the first time.
        case pause(isFirst: Bool)
        case stay
    }

    mutating func next(at now: Int64) -> Step {
        guard !isClosed, pausedUntil == nil else { return .stay }
        if let rate = Self.rate, budget.take(rate, at: now) { return .read }
        pausedUntil = now + Self.pauseNanoseconds
        defer { isTold = true }
        return .pause(isFirst: !isTold)
    }

    /// Whether reading goes on now, after a pause.
    mutating func resumes(at now: Int64) -> Bool {
        guard let due = pausedUntil, now >= due else { return false }
        pausedUntil = nil
        return true
    }

    /// Nothing is read any more.
    ///
    /// - Returns: whether the pipe was being read until now.
    mutating func close() -> Bool {
        defer { (isClosed, pausedUntil) = (true, nil) }
        return !isClosed && pausedUntil == nil
    }
}
