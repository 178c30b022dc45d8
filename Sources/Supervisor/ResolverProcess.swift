// The resolver, as the supervisor knows it: the process that asks DNS block lists for every gate.
internal import Control
internal import LinuxSystem
internal import Messages

/// One resolver from fork to reaping.
final class ResolverProcess {
    let pid: Int32
    /// Identifies it in the poller; never used twice.
    let token: UInt64
    let channel: MessageChannel
    /// Monotonic: from when on its death is one of its own.
    let provenAt: Int64
    /// Whether its end of the channel is closed, and ours out of the poller.
    var isChannelClosed = false
    /// What it has not been told yet, the oldest first.
    private var orders: [Pending] = []

    private final class Pending {
        let order: ResolverOrder
        /// Passed along.
        let end: MessageChannel?

        init(_ order: ResolverOrder, _ end: consuming MessageChannel? = nil) {
            self.order = order
            self.end = end
        }
    }

    init(pid: Int32, token: UInt64, channel: consuming MessageChannel, provenAt: Int64) {
        self.pid = pid
        self.token = token
        self.channel = channel
        self.provenAt = provenAt
    }

    /// Makes a gate known to it.
    ///
    /// - Parameters:
    ///   - end: the resolver's, of a channel with the gate.
    ///   - lists: that the gate may ask of, in the order of their places.
    func introduce(_ end: consuming MessageChannel, lists: [String]) {
        orders.append(Pending(.gate, end))
        orders += lists.map { Pending(.list($0)) }
    }

    /// Tells it what it can take now.
    ///
    /// - Returns: whether nothing is left to be told.
    /// Errors: it is not there any more.
    func tell() throws(SystemError) -> Bool {
        var told = 0
        defer { orders.removeFirst(told) }
        for pending in orders {
            let number: Int32? =
                switch pending.end {
                case .some(let end): end.number
                case .none: nil
                }
            do throws(SystemError) {
                try channel.send(pending.order.bytes, passing: number)
            } catch  where error.errno == .again {
                return false
            }
            told += 1
        }
        return true
    }
}

/// The resolver that there is, or when to try to have one.
struct ResolverState {
    var process: ResolverProcess?
    /// Told to end because another has taken over, or because nobody asks any more.
    var ending: [ResolverProcess] = []
    var backoff = Backoff()
    /// Monotonic.
    var retryAt: Int64?
    /// Monotonic: when to go on telling it what it could not take.
    var tellAt: Int64?
    /// What the one that runs has said, or why there is none; nil: nothing is wrong.
    var failure: ResolverFailure?
}
