// The worker of a task that runs, or the plan to start one.
internal import Control
internal import LinuxSystem
internal import Messages

/// The owner of the worker of one task. The supervisor starts and kills the process, and logs.
struct WorkerKeeper {
    private(set) var process: WorkerProcess?
    private(set) var restart = Restart()
    /// Monotonic: when to send the orders for which the channel had no room.
    private var sendOrdersAt: Int64?
    /// Why there was none, the last time.
    private(set) var failure: WorkerFailure?

    private static let sendAgainNanoseconds: Int64 = 10_000_000

    /// Something that the log says.
    enum Notice: Hashable {
        /// Again: after one that failed or died.
        case ready(pid: Int32, again: Bool)
        /// It could not be started; another try follows.
        case notStarted(WorkerFailure, retryIn: Duration)
        /// It has ended although it is needed; another one follows.
        case died(WorkerFailure, retryIn: Duration)
        /// Its first message of a kind that the supervisor does not know.
        case unknown([UInt8])
    }

    /// Monotonic: when one has to be started, or orders have to be sent; nil for never.
    var deadline: Int64? { [restart.at, process == nil ? nil : sendOrdersAt].compactMap { $0 }.min() }

    /// Whether a worker has to be started now, for one that is about to need it.
    var isMissing: Bool { process == nil && restart.at == nil }

    /// Whether it is time for the start that was planned after a failure.
    func isRestartDue(at now: Int64) -> Bool { restart.isDue(at: now) }

    /// Gives up the start that was planned, because nobody needs a worker, or because one is made now.
    mutating func cancelRestart() { restart.cancel() }

    /// Notes a process that was started.
    mutating func started(_ process: WorkerProcess) { self.process = process }

    mutating func notStarted(_ error: any Error, at now: Int64) -> Notice {
        let failure = WorkerFailure(.notStarted, message: "\(error)")
        self.failure = failure
        return .notStarted(failure, retryIn: restart.failed(at: now))
    }

    /// Removes the process, because it is not needed or another one takes its place. The caller ends it.
    mutating func dismiss() -> WorkerProcess? {
        guard let dismissed = process else { return nil }
        _ = dismissed.life.note(.dismissed)
        process = nil
        return dismissed
    }

    /// Sends an order to the worker that runs, when its channel has room.
    ///
    /// - Returns: whether one runs.
    @discardableResult
    mutating func order(_ order: some ChannelMessage) -> Bool {
        guard let process else { return false }
        process.add(order)
        sendOrdersAt = 0
        return true
    }

    /// The same, passing an end of a channel.
    mutating func order(_ order: some ChannelMessage, passing end: consuming FrameChannel) {
        process?.add(order, passing: end)
        sendOrdersAt = 0
    }

    /// The same, passing a descriptor.
    mutating func order(_ order: some ChannelMessage, passing descriptor: consuming Descriptor) {
        process?.add(order, passing: descriptor)
        sendOrdersAt = 0
    }

    /// Sends the orders that wait, when it is time for that.
    mutating func sendOrders(at now: Int64) {
        guard let process, let due = sendOrdersAt, now >= due else { return }
        do throws(SystemError) {
            sendOrdersAt = try process.sendOrders() ? nil : now + Self.sendAgainNanoseconds
        } catch {
            // The worker has ended, and SIGCHLD follows.
            sendOrdersAt = nil
        }
    }

    /// Notes what a worker has reported.
    ///
    /// - Returns: what the log says, and whether the worker is to be killed.
    mutating func report(_ bytes: [UInt8], of sender: WorkerProcess) -> (notice: Notice?, isNonsense: Bool) {
        switch WorkerReport.read(bytes) {
        case .message(.alive): return (nil, false)
        case .message(.ready):
            guard sender.life.note(.ready) == .takeOver else { return (nil, false) }
            defer { failure = nil }
            return (.ready(pid: sender.pid, again: failure != nil), false)
        case .message(.failed(let reason)):
            sender.problem = reason
            return (nil, sender.life.note(.failed) == .kill)
        case .unknown:
            // The program was replaced while it ran; the message asks for nothing.
            guard !sender.flow.hasSentUnknown else { return (nil, false) }
            sender.flow.hasSentUnknown = true
            return (.unknown(bytes), false)
        case .nonsense: return (nil, true)
        }
    }

    /// Handles the end of a worker: another one starts later, unless this one was dismissed.
    ///
    /// - Parameter ended: whose reports were all read.
    mutating func ended(_ ended: WorkerProcess, at now: Int64) -> Notice? {
        switch ended.life.note(.ended) {
        case .startFailed, .died:
            process = nil
            let failure = ended.problem.map { WorkerFailure(.reported, message: $0) } ?? WorkerFailure(.ended)
            self.failure = failure
            return .died(failure, retryIn: restart.died(ended.life, at: now))
        case .done, .nothing, .takeOver, .kill: return nil
        }
    }
}
