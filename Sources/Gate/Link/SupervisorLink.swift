// The gate's side of its channel to the supervisor: orders come, reports go, and the order to drain goes on here until
// the gate ends. Never waits: a report that cannot be sent now is dropped, because it is not worth a connection's time;
// a source that offends again is reported again.
internal import Addresses
internal import LinuxSystem
internal import Messages
internal import Tables

/// The link of one gate to its supervisor.
struct SupervisorLink: ~Copyable {
    private let end: ChildEnd
    private(set) var drain = Drain()
    /// Limits how many offences are reported.
    private var offences = TokenBucket(at: 0)
    /// Whether the supervisor has sent a message that the gate does not know. Only the first is an order.
    private var hasGotUnknown = false

    /// The grace of a gate with a dead supervisor: no process would restart it or stop it.
    static let orphanGraceNanoseconds: Int64 = 30_000_000_000
    /// The most offences that are reported at once, and for each second. A flood must not take all of the supervisor's
    /// time.
    private static let offenceRate = Rate(count: 200, period: 1_000_000_000, burst: 1000)

    init(_ end: consuming ChildEnd) { self.end = end }

    /// What the gate has to do.
    enum Order: ~Copyable {
        /// Serve the listen queues to their ends before the listeners close.
        case flushQueues
        /// The drain has begun. With a grace, no other gate has taken over.
        case drain(hasGrace: Bool)
        case kill
        case blockList(SharedBytes)
        case bans(SharedBytes)
        case sourceStatus(UInt32, Client)
        case signOfLife
        case resolver(FrameChannel)
        /// The first message that the gate does not know, by its first byte. Ending the gate for it would end its live
        /// connections, and they have no part in it.
        case unknown(UInt8)
        /// The supervisor has died, and the drain has begun. No order follows.
        case closed
    }

    /// The number of the channel, for the poll set.
    var number: Int32 { end.number }

    /// Monotonic: when ``step(at:)`` returns a step; nil for never.
    var deadline: Int64? { drain.deadline }

    /// The step of the drain that is due, or nil. Each step is returned once.
    mutating func step(at now: Int64) -> Drain.Step? { drain.step(at: now) }

    /// The next order; nil when there is none now.
    ///
    /// Errors: recvmsg(2), mmap(2).
    mutating func nextOrder(at now: Int64) throws(SystemError) -> Order? {
        while true {
            switch try end.receive() {
            case .nothing: return nil
            case .closed:
                drain.begin(graceNanoseconds: Self.orphanGraceNanoseconds, at: now)
                return .closed
            case .message(let bytes, var passed):
                switch SupervisorMessage(bytes) {
                case .queueFlush: return .flushQueues
                case .drain(let grace):
                    drain.begin(graceNanoseconds: grace, at: now)
                    return .drain(hasGrace: grace != nil)
                case .kill:
                    drain.begin(graceNanoseconds: 0, at: now)
                    return .kill
                case .blockList: return .blockList(try Self.memory(passed.first.take(), "block list"))
                case .bans: return .bans(try Self.memory(passed.first.take(), "bans"))
                case .resolver:
                    guard let channel = FrameChannel(passed) else {
                        throw SystemError("receive resolver", .filesExhausted)
                    }
                    return .resolver(channel)
                case .sourceStatus(let number, let client): return .sourceStatus(number, client)
                case .signOfLife: return .signOfLife
                case nil:
                    if hasGotUnknown { continue }
                    hasGotUnknown = true
                    return .unknown(bytes.first ?? 0)
                }
            }
        }
    }

    /// The memory that came with a message.
    private static func memory(_ passed: consuming Descriptor?, _ name: String) throws(SystemError) -> SharedBytes {
        guard let passed else { throw SystemError("receive \(name)", .filesExhausted) }
        return try SharedBytes(mapping: passed)
    }

    /// Sends a report. If it cannot be sent now, it is lost.
    func report(_ message: GateMessage) { end.offer(message.bytes) }

    /// Sends the report of an offence, unless there were too many.
    mutating func reportOffence(_ offence: GateMessage, at now: Int64) {
        guard let rate = Self.offenceRate, offences.take(rate, at: now) else { return }
        report(offence)
    }
}
