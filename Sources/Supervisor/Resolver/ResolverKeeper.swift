// The resolver that runs, or the plan to start one. Without a resolver no list refuses a connection, and nothing else
// changes.
internal import Control
internal import LinuxSystem
internal import Messages

/// The owner of the resolver. The supervisor starts and kills the process, and logs.
struct ResolverKeeper {
    private(set) var process: ResolverProcess?
    private var restart = Restart()
    /// Monotonic: when to send the orders for which the channel had no room.
    private var sendOrdersAt: Int64?
    /// Why there was none, the last time.
    private var failure: ResolverFailure?

    private static let sendAgainNanoseconds: Int64 = 10_000_000

    /// Something that the log says.
    enum Notice: Hashable {
        case ready(pid: Int32)
        /// It could not be started; another try follows.
        case notStarted(ResolverFailure, retryIn: Duration)
        /// It has ended although it is needed; another one follows.
        case died(ResolverFailure, retryIn: Duration)
        /// Its first message of a kind that the supervisor does not know.
        case unknown([UInt8])
    }

    /// Monotonic: when one has to be started, or orders have to be sent; nil for never.
    var deadline: Int64? { [restart.at, process == nil ? nil : sendOrdersAt].compactMap { $0 }.min() }

    /// Whether a resolver has to be started now, for a service that is about to need it.
    var isMissing: Bool { process == nil && restart.at == nil }

    /// Whether it is time for the start that was planned after a failure.
    func isRestartDue(at now: Int64) -> Bool { restart.isDue(at: now) }

    /// Gives up the start that was planned, because no gate needs a resolver, or because one is made now.
    mutating func cancelRestart() { restart.cancel() }

    /// Notes a process that was started.
    mutating func started(_ process: ResolverProcess) { self.process = process }

    mutating func notStarted(_ error: any Error, at now: Int64) -> Notice {
        let failure = ResolverFailure(.notStarted, message: "\(error)")
        self.failure = failure
        return .notStarted(failure, retryIn: restart.failed(at: now))
    }

    /// Removes the process, because it is not needed or another one takes its place. The caller ends it.
    mutating func dismiss() -> ResolverProcess? {
        guard let dismissed = process else { return nil }
        _ = dismissed.life.note(.dismissed)
        process = nil
        return dismissed
    }

    /// Connects a gate with the resolver that runs.
    ///
    /// - Returns: the gate's end of the channel; nil: none runs.
    /// Errors: pipe(2).
    mutating func connect(lists: [String]) throws(SystemError) -> FrameChannel? {
        guard let process else { return nil }
        sendOrdersAt = 0
        return try FrameChannelPair().takeOne { process.addGate($0, lists: lists) }
    }

    /// Asks the resolver that runs for a sign of life.
    mutating func askForSign() {
        process?.askForSign()
        sendOrdersAt = 0
    }

    /// Sends the orders that wait, when it is time for that.
    mutating func sendOrders(at now: Int64) {
        guard let process, let due = sendOrdersAt, now >= due else { return }
        do throws(SystemError) {
            sendOrdersAt = try process.sendOrders() ? nil : now + Self.sendAgainNanoseconds
        } catch {
            // The resolver has ended, and SIGCHLD follows.
            sendOrdersAt = nil
        }
    }

    /// Notes what a resolver has reported.
    ///
    /// - Returns: what the log says, and whether the resolver is to be killed.
    mutating func report(_ bytes: [UInt8], of sender: ResolverProcess) -> (notice: Notice?, isNonsense: Bool) {
        switch ResolverReport.read(bytes) {
        case .message(.alive): return (nil, false)
        case .message(.ready):
            guard sender.life.note(.ready) == .takeOver else { return (nil, false) }
            failure = nil
            return (.ready(pid: sender.pid), false)
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

    /// Handles the end of a resolver: another one starts later, unless this one was dismissed.
    ///
    /// - Parameter ended: whose reports were all read.
    mutating func ended(_ ended: ResolverProcess, at now: Int64) -> Notice? {
        switch ended.life.note(.ended) {
        case .startFailed, .died:
            process = nil
            let failure = ended.problem.map { ResolverFailure(.reported, message: $0) } ?? ResolverFailure(.ended)
            self.failure = failure
            return .died(failure, retryIn: restart.died(ended.life, at: now))
        case .done, .nothing, .takeOver, .kill: return nil
        }
    }

    /// The state of the resolver, for `status`.
    func status(at now: Int64) -> ResolverStatus {
        if let process { return .running(pid: Int(process.pid)) }
        guard let wait = restart.wait(at: now) else { return .unused }
        return .failed(failure ?? ResolverFailure(.ended), retryIn: wait)
    }
}
