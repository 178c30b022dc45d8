// Whether a process that serves still answers. A process that is stopped, or stuck, keeps its listening sockets and its
// place, and nothing else would tell. Pure: the time is a parameter.

/// What the supervisor knows of one process's answers.
struct SignOfLife: Hashable {
    /// Monotonic: when to ask; when asked, by when an answer must be there.
    private(set) var deadline: Int64
    private var isAsked = false
    /// How many times in a row an answer was late. The next answer ends it.
    private var missed = 0

    var isSilent: Bool { missed > 0 }

    /// A machine that is busy for some seconds is none that hangs, and an answer wakes an idle process.
    static let askEveryNanoseconds: Int64 = 5_000_000_000
    static let answerWithinNanoseconds: Int64 = 5_000_000_000

    /// Something that is due.
    enum Step: Hashable {
        case nothing
        /// The process is asked for a sign.
        case ask
        /// It has given none in time, for the first time or for longer and longer.
        case silent(times: Int)
    }

    init(at now: Int64) { deadline = Self.nextAsk(after: now) }

    /// All processes are asked at the same times, so that the supervisor wakes once for all.
    private static func nextAsk(after now: Int64) -> Int64 { (now / askEveryNanoseconds + 1) * askEveryNanoseconds }

    /// Notes that the process has sent something, whatever it is.
    mutating func heard(at now: Int64) {
        (isAsked, missed) = (false, 0)
        deadline = Self.nextAsk(after: now)
    }

    mutating func tend(at now: Int64) -> Step {
        guard now >= deadline else { return .nothing }
        deadline = now + Self.answerWithinNanoseconds
        defer { isAsked = true }
        guard isAsked else { return .ask }
        missed += 1
        return .silent(times: missed)
    }
}
