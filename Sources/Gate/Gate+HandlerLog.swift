// The log of handlers: what they write to descriptor 2 passes through here, so that nothing they write can be taken for a
// line of ours, and nothing that they do to a descriptor can be done to the log.
internal import LinuxSystem

extension Gate {
    /// In one go, so that nobody who writes without end keeps the gate from everything else.
    private static let most = 16

    /// Writes out what handlers have written.
    mutating func relayHandlerLog() throws(SystemError) {
        for _ in 0..<Self.most {
            let count = try handlerPipe.read(into: &handlerBytes)
            for index in 0..<count where handlerLines.add(handlerBytes[index]) { writeHandlerLine() }
            if count < handlerBytes.count { return }
        }
    }

    /// What is left is a line that nobody ended.
    mutating func endHandlerLine() {
        if !handlerLines.isEmpty { writeHandlerLine() }
    }

    private mutating func writeHandlerLine() {
        logHandlerLine()
        handlerLines.removeAll()
    }
}
