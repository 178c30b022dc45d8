// The poll set of a gate: owners put descriptors in and take them out, and the loop waits for them.
package import LinuxSystem

/// A poll set. The gate's is a `Poller`; tests have one for which the kernel lacks memory.
package protocol PollSet: ~Copyable {
    /// The number of tokens that one wait returns at most; after that many, more may be ready.
    var mostAtOnce: Int { get }

    /// Adds a descriptor.
    ///
    /// Errors: epoll_ctl(2); ENOMEM and ENOSPC are a lack of resources.
    func add(_ number: Int32, token: UInt64) throws(SystemError)

    func remove(_ number: Int32) throws(SystemError)

    /// Waits, and returns how many tokens are ready.
    mutating func wait(timeoutNanoseconds: Int64?) throws(SystemError) -> Int

    /// The token of the ready descriptor at `index`, which is below the result of ``wait(timeoutNanoseconds:)``.
    func token(at index: Int) -> UInt64
}

extension Poller: PollSet {}

extension PollSet where Self: ~Copyable {
    func add(_ number: Int32, _ token: PollToken) throws(SystemError) { try add(number, token: token.bits) }
}

extension SystemError {
    /// Whether the kernel has no memory for one more descriptor in a poll set, or the user has reached
    /// fs.epoll.max_user_watches. Source: epoll_ctl(2), ENOMEM and ENOSPC.
    var isFullPollSet: Bool { errno == .noMemory || errno == .noSpace }
}

/// A descriptor that belongs in the poll set for good. If it cannot be added for lack of memory, its owner tries again.
struct PollEntry: Hashable {
    private(set) var isWatched = false
    /// Monotonic: when to try, 0 at first; nil for never.
    private(set) var deadline: Int64?

    static let retryNanoseconds: Int64 = 50_000_000

    /// Adds the descriptor.
    ///
    /// - Returns: the lack of resources that prevents it for now.
    /// Errors: epoll_ctl(2), any other.
    mutating func add(
        _ number: Int32, _ token: PollToken, to poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> SystemError? {
        do throws(SystemError) {
            try poller.add(number, token)
        } catch  where error.isFullPollSet {
            deadline = now + Self.retryNanoseconds
            return error
        }
        isWatched = true
        deadline = nil
        return nil
    }

    /// - Parameter deadline: when to try first; nil: not before ``add(_:_:to:at:)`` is called.
    init(deadline: Int64? = nil) { self.deadline = deadline }

    /// Whether it is time to try.
    func isDue(at now: Int64) -> Bool { deadline.map { now >= $0 } ?? false }

    /// Removes the descriptor, which may not be in the set.
    mutating func remove(_ number: Int32, from poller: borrowing some PollSet & ~Copyable) throws(SystemError) {
        if isWatched { try poller.remove(number) }
        isWatched = false
        deadline = nil
    }
}
