// The supervisor's record of a worker: a process for one task, such as the resolver, which asks DNS block lists for
// every gate.
internal import LinuxSystem
internal import Messages
internal import ProcessSetup

/// The supervisor's record of one worker, from its start to its reaping.
final class WorkerProcess: StartedProcess {
    let task: WorkerTask
    let pid: Int32
    var channel: ParentEnd
    var life: ChildLife
    var sign: SignOfLife?
    var flow = ReportFlow()
    /// Its own report of why it cannot serve, or what is known of that.
    var problem: String?
    /// The orders that it has not received yet, the oldest first.
    private var orders: [Pending] = []

    private final class Pending {
        let bytes: [UInt8]
        /// The descriptors that go with the order.
        let channel: FrameChannel?
        let descriptor: Descriptor?

        init(_ bytes: [UInt8], _ channel: consuming FrameChannel? = nil, _ descriptor: consuming Descriptor? = nil) {
            self.bytes = bytes
            self.channel = channel
            self.descriptor = descriptor
        }

        var numbers: [Int32] {
            switch channel {
            case .some(let channel): return channel.numbers.all
            case .none: break
            }
            switch descriptor {
            case .some(let descriptor): return [descriptor.number]
            case .none: return []
            }
        }
    }

    init(_ task: WorkerTask, pid: Int32, channel: consuming ParentEnd, startedAt now: Int64) {
        self.task = task
        self.pid = pid
        self.channel = channel
        life = ChildLife(startedAt: now)
    }

    /// Queues an order.
    func add(_ order: some ChannelMessage) { orders.append(Pending(order.bytes)) }

    /// Queues an order that passes an end of a channel.
    func add(_ order: some ChannelMessage, passing end: consuming FrameChannel) {
        orders.append(Pending(order.bytes, end))
    }

    /// Queues an order that passes a descriptor.
    func add(_ order: some ChannelMessage, passing descriptor: consuming Descriptor) {
        orders.append(Pending(order.bytes, nil, descriptor))
    }

    /// Sends queued orders until the channel is full.
    ///
    /// - Returns: whether all orders were sent.
    /// Errors: the worker has ended.
    func sendOrders() throws(SystemError) -> Bool {
        var sent = 0
        defer { orders.removeFirst(sent) }
        for pending in orders {
            do throws(SystemError) {
                try channel.send(pending.bytes, passing: pending.numbers)
            } catch  where error.errno == .again {
                return false
            }
            sent += 1
        }
        return true
    }
}
