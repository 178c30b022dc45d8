// Where connections come from, and when the gate takes one: the listening sockets, the reserved descriptor, the pauses
// for lack of resources, the rate of the whole service, and the queue flush before the sockets close.
internal import Addresses
internal import LinuxSystem
internal import ServiceModel
internal import Tables

/// The listening sockets of one gate, and what holds accepting back.
struct Listeners: ~Copyable {
    let intakes: [Intake]
    /// A descriptor on /dev/null, which the reserve is a copy of.
    private let null: Int32
    /// Closed when no other descriptor is left, so that one more connection can be accepted.
    private var reserve: Descriptor?
    private var throttle = Throttle()
    private var rate: ServiceRateLimit
    /// Monotonic: when the rate lets the next connection in; nil: it does now.
    private var rateOpensAt: Int64?
    /// Set between the order to drain and the closing of the listeners.
    private var queueFlush: QueueFlush?
    /// Whether the last poll has asked all listeners, and found no connection.
    private var isQuiet = false
    /// Whether the listeners are in the poll set.
    private(set) var isWatched = false
    /// Whether local users connect to one of them, who may have descriptors in flight.
    let hasUnix: Bool
    /// Whether this gate holds copies of the listeners.
    private(set) var isOpen = true

    /// - Parameters:
    ///   - null: outlives this value.
    init(_ intakes: [Intake], rate: Limit<Rate>, null: Int32, reserve: consuming Descriptor?) {
        self.intakes = intakes
        hasUnix = intakes.contains(where: \.isUnix)
        self.null = null
        self.reserve = reserve
        self.rate = ServiceRateLimit(rate)
    }

    /// Monotonic: when ``tend(at:)`` or ``endFlush(isPastGrace:at:)`` has something to do; nil for never.
    var deadline: Int64? {
        earlier(earlier(throttle.until, rateOpensAt), isWatched ? queueFlush?.settledAt : nil)
    }

    /// Ends what is past its time: a pause, the wait for the rate.
    mutating func tend(at now: Int64) {
        throttle.resumeIfDue(at: now)
        if let opens = rateOpensAt, now >= opens { rateOpensAt = nil }
    }

    /// Records a poll that has just ended.
    ///
    /// - Parameter sawAll: whether it has told everything that is ready.
    mutating func notePoll(sawAll: Bool) { isQuiet = isWatched && sawAll }

    /// Records that the last poll has found a connection.
    mutating func noteConnection() { isQuiet = false }

    // MARK: accepting

    /// The next connection from the intake with this index; nil when none waits.
    ///
    /// Errors: accept(2), for lack of resources; the gate then pauses, and ``acceptByReserve(from:)``.
    func accept(from index: Int) throws(SystemError) -> AcceptedConnection? { try intakes[index].accept() }

    /// Closes the reserve, and accepts with the descriptor that this frees.
    mutating func acceptByReserve(from index: Int) -> AcceptedConnection? {
        guard reserve.take() != nil else { return nil }
        do throws(SystemError) {
            return try intakes[index].accept()
        } catch {
            // The machine still lacks the same resource, and the pause has already begun.
            return nil
        }
    }

    /// Closes the reserve, for a descriptor that is about to come.
    mutating func giveUpReserve() { reserve = nil }

    /// Opens the reserve again, if it is closed.
    mutating func restoreReserve() {
        guard !hasReserve else { return }
        do throws(SystemError) {
            reserve = try Descriptor.duplicate(of: null)
        } catch {
            // No descriptor is free yet. The gate tries again at the next connection.
        }
    }

    private var hasReserve: Bool {
        switch reserve {
        case .some: true
        case .none: false
        }
    }

    // MARK: pauses and the rate

    /// Whether accepting pauses for lack of resources.
    var isPaused: Bool { throttle.until != nil }

    /// Whether a handler may start now, as far as the pauses and the rate of the service go.
    func mayStart(at now: Int64) -> Bool { !isPaused && rateWait(at: now) == 0 }

    /// Nanoseconds until the rate lets the next connection in; 0: now.
    func rateWait(at now: Int64) -> Int64 { rate.wait(at: now) }

    /// Counts a connection that starts in the rate.
    mutating func takeRate(at now: Int64) {
        rate.take(at: now)
        let wait = rate.wait(at: now)
        rateOpensAt = wait > 0 ? now + wait : nil
    }

    /// Begins a pause.
    ///
    /// - Returns: whether this begins an episode of a lack of resources, which the gate then counts and logs.
    mutating func pause(_ reason: Throttle.Reason, at now: Int64) -> Bool { throttle.pause(reason, at: now) }

    /// The programs of a connection were cloned. If only the reserve's descriptor made it possible, the shortage goes
    /// on.
    mutating func noteCloned() { if hasReserve { throttle.cloned() } }

    /// A handler reached its program.
    mutating func noteExecuted() { throttle.executed() }

    // MARK: the poll set

    /// Puts the listeners into the poll set, all of them or none.
    ///
    /// - Returns: the lack of resources that prevents it for now; accepting then pauses, and the gate tries again.
    /// Errors: epoll_ctl(2), any other.
    mutating func watch(in poller: borrowing some PollSet & ~Copyable) throws(SystemError) -> SystemError? {
        for (index, intake) in intakes.enumerated() {
            do throws(SystemError) {
                try poller.add(intake.number, .listener(index))
            } catch  where error.isFullPollSet {
                // Those that are in the set would make the next try fail, because no descriptor can be added twice.
                for added in intakes[..<index] { try poller.remove(added.number) }
                return error
            }
        }
        isWatched = true
        return nil
    }

    mutating func unwatch(in poller: borrowing some PollSet & ~Copyable) throws(SystemError) {
        for intake in intakes { try poller.remove(intake.number) }
        isWatched = false
    }

    // MARK: the end

    /// Whether the gate still accepts although it drains.
    var isFlushing: Bool { queueFlush != nil }

    /// Begins the queue flush, if the listeners are open.
    mutating func beginFlush(at now: Int64) {
        if isOpen { queueFlush = QueueFlush(isLocal: intakes.allSatisfy(\.isLocal), at: now) }
    }

    /// Ends the queue flush when the listen queues are empty. At the service's limit, connections in the queue still
    /// wait for a handler, until the handlers' grace ends.
    ///
    /// - Parameter isPastGrace: whether the handlers' grace is over.
    /// - Returns: whether it has ended now.
    mutating func endFlush(isPastGrace: Bool, at now: Int64) -> Bool {
        guard let flush = queueFlush, flush.isOver(isQuiet: isQuiet, at: now) || isPastGrace else {
            return false
        }
        queueFlush = nil
        return true
    }

    /// Gives the queue flush up.
    mutating func cancelFlush() { queueFlush = nil }

    /// Closes this gate's copies of the listening sockets, so that only the supervisor holds them.
    mutating func close() {
        for intake in intakes { _ = Descriptor(owning: intake.number) }
        isOpen = false
    }
}
