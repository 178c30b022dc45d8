// Whether a process that serves still answers. A process that is stopped, or stuck, keeps its listening sockets and its
// place, and nothing else would tell. Pure: the time is a parameter.

/// What the supervisor knows of one process's answers.
struct SignOfLife: Hashable {
    /// Monotonic: when to ask; when asked, by when an answer must be there.
    private(set) var deadline: Int64
    private var isAsked = false
    /// Whether an answer is late. It ends with the next one.
    private(set) var isSilent = false

    /// A machine that is busy for some seconds is none that hangs, and an answer wakes an idle process.
    static let askEveryNanoseconds: Int64 = 5_000_000_000
    static let answerWithinNanoseconds: Int64 = 5_000_000_000

    /// Something that is due.
    enum Step {
        case nothing
        /// The process is asked for a sign.
        case ask
        /// It has given none in time. Comes once, until it gives one.
        case silent
    }

    init(at now: Int64) { deadline = now + Self.askEveryNanoseconds }

    /// Notes that the process has sent something, whatever it is.
    mutating func heard(at now: Int64) {
        (isAsked, isSilent) = (false, false)
        deadline = now + Self.askEveryNanoseconds
    }

    mutating func tend(at now: Int64) -> Step {
        guard now >= deadline else { return .nothing }
        if isAsked {
            defer { isSilent = true }
            deadline = now + Self.answerWithinNanoseconds
            return isSilent ? .nothing : .silent
        }
        isAsked = true
        deadline = now + Self.answerWithinNanoseconds
        return .ask
    }
}
