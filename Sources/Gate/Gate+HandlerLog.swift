// The log of handlers: what they write to descriptor 2 passes through here, so that nothing they write can be taken for a
// line of ours, and nothing that they do to a descriptor can be done to the log.
internal import LinuxSystem

extension Gate {
    /// In one go, so that nobody who writes without end keeps the gate from everything else: what a pipe holds.
    private static let most = 4

    /// Writes out what handlers have written.
    mutating func relayHandlerLog(at now: Int64) throws(SystemError) {
        for _ in 0..<Self.most {
            let count = try handlerPipe.read(into: &handlerBytes)
            for index in 0..<count where handlerLines.add(handlerBytes[index]) { endHandlerLine(at: now) }
            if count < handlerBytes.count { return }
        }
    }

    /// Writes out what there is of a line.
    mutating func endHandlerLine(at now: Int64) {
        if !handlerLines.isEmpty, handlerLogBudget.admits(at: now) { logHandlerLine() }
        handlerLines.removeAll()
    }

    mutating func logSuppressedLines(at now: Int64) {
        if let count = handlerLogBudget.report(at: now) { logSuppressed(count) }
    }
}
