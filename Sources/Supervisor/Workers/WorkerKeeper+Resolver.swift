// The keeper of the resolver, the process that asks DNS block lists for every gate. Without one no list refuses a
// connection, and nothing else changes.
internal import Control
internal import LinuxSystem
internal import Messages

extension WorkerKeeper {
    /// Connects a gate with the resolver that runs.
    ///
    /// - Parameter lists: the lists that the gate may ask about; a request names one by its index.
    /// - Returns: the gate's end of the channel; nil: none runs.
    /// Errors: pipe(2).
    mutating func connect(lists: [String]) throws(SystemError) -> FrameChannel? {
        guard process != nil else { return nil }
        let gateEnd = try FrameChannelPair().takeOne { order(ResolverOrder.gate, passing: $0) }
        for list in lists { order(ResolverOrder.list(list)) }
        return gateEnd
    }

    /// The state of the resolver, for `status`.
    func status(at now: Int64) -> ResolverStatus {
        if let process { return .running(pid: Int(process.pid)) }
        guard let wait = restart.wait(at: now) else { return .unused }
        return .failed(failure ?? WorkerFailure(.ended), retryIn: wait)
    }
}
