// The log of handlers: what they write to descriptor 2 passes through here, so that nothing they write can be taken for a
// line of ours, and nothing that they do to a descriptor can be done to the log.
internal import LinuxSystem

/// What handlers write, on its way into the log.
struct HandlerLog: ~Copyable {
    let pipe: HandlerPipe
    var lines = HandlerLines()
    var budget = LogBudget.handlers
    var buffer = [UInt8](repeating: 0, count: 16384)

    init(_ pipe: consuming HandlerPipe) { self.pipe = pipe }
}

extension Gate {
    /// In one go, so that nobody who writes without end keeps the gate from everything else: what a pipe holds.
    private static let most = 4

    /// Writes out what handlers have written.
    mutating func relayHandlerLog(at now: Int64) throws(SystemError) {
        for _ in 0..<Self.most {
            let count = try handlerLog.pipe.read(into: &handlerLog.buffer)
            for index in 0..<count where handlerLog.lines.add(handlerLog.buffer[index]) { endHandlerLine(at: now) }
            if count < handlerLog.buffer.count { return }
        }
    }

    /// Writes out what there is of a line.
    mutating func endHandlerLine(at now: Int64) {
        if !handlerLog.lines.isEmpty, handlerLog.budget.admits(at: now) { logHandlerLine() }
        handlerLog.lines.removeAll()
    }

    mutating func logSuppressedLines(at now: Int64) {
        if let count = handlerLog.budget.report(at: now) { logSuppressed(count) }
    }
}
