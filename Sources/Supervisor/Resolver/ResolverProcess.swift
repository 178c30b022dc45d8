// The supervisor's record of a resolver, the process that asks DNS block lists for every gate.
internal import LinuxSystem
internal import Messages

/// The supervisor's record of one resolver, from fork to reaping.
final class ResolverProcess: StartedProcess {
    let pid: Int32
    var channel: ParentEnd
    var life: ChildLife
    var sign: SignOfLife?
    var flow = ReportFlow()
    /// Its own report of why it cannot serve, or what is known of that.
    var problem: String?
    /// The orders that the resolver has not received yet, the oldest first.
    private var orders: [Pending] = []

    private final class Pending {
        let order: ResolverOrder
        /// The descriptor that goes with the order.
        let end: FrameChannel?

        init(_ order: ResolverOrder, _ end: consuming FrameChannel? = nil) {
            self.order = order
            self.end = end
        }
    }

    init(pid: Int32, channel: consuming ParentEnd, startedAt now: Int64) {
        self.pid = pid
        self.channel = channel
        life = ChildLife(startedAt: now)
    }

    /// Asks for a sign of life, after the orders that are queued.
    func askForSign() { orders.append(Pending(.signOfLife)) }

    /// Queues the orders that connect a gate with the resolver.
    ///
    /// - Parameters:
    ///   - end: the resolver's end of a channel with the gate.
    ///   - lists: the lists that the gate may ask about; a request names one by its index.
    func addGate(_ end: consuming FrameChannel, lists: [String]) {
        orders.append(Pending(.gate, end))
        orders += lists.map { Pending(.list($0)) }
    }

    /// Sends queued orders until the channel is full.
    ///
    /// - Returns: whether all orders were sent.
    /// Errors: the resolver has ended.
    func sendOrders() throws(SystemError) -> Bool {
        var sent = 0
        defer { orders.removeFirst(sent) }
        for pending in orders {
            let numbers: [Int32] =
                switch pending.end {
                case .some(let end): end.numbers.all
                case .none: []
                }
            do throws(SystemError) {
                try channel.send(pending.order.bytes, passing: numbers)
            } catch  where error.errno == .again {
                return false
            }
            sent += 1
        }
        return true
    }
}
