// The log of handlers. What they write to descriptor 2 passes through the gate, so that no output of a handler looks
// like a line of the gate, and nothing that a handler does to its descriptor changes the log's.
internal import EventLog
internal import LinuxSystem

/// The pipe that handlers write to, and the incomplete line read from it.
struct HandlerLog: ~Copyable {
    let pipe: HandlerPipe
    var lines = HandlerLines()
    var budget = LogBudget.handlers
    /// Of the pipe.
    fileprivate(set) var entry = PollEntry(deadline: 0)
    var buffer = [UInt8](repeating: 0, count: 16384)

    init(_ pipe: consuming HandlerPipe) { self.pipe = pipe }
}

extension Journal {
    /// Reads at most what a pipe holds in one turn, so that a handler that writes without end does not keep the gate
    /// from its other work.
    private static let most = 4

    /// Puts the pipe into the poll set, unless it is there. Until then the gate reads it when a handler ends.
    ///
    /// - Returns: the lack of resources that prevents it for now.
    /// Errors: epoll_ctl(2), any other.
    mutating func watch(
        in poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> SystemError? {
        guard !handlerLog.entry.isWatched, handlerLog.entry.isDue(at: now) else { return nil }
        return try handlerLog.entry.add(handlerLog.pipe.readerNumber, .handlerLog, to: poller, at: now)
    }

    /// Copies what handlers have written into the log.
    ///
    /// Errors: read(2).
    mutating func relayHandlerLog(at now: Int64) throws(SystemError) {
        for _ in 0..<Self.most {
            let count = try handlerLog.pipe.read(into: &handlerLog.buffer)
            for index in 0..<count where handlerLog.lines.add(handlerLog.buffer[index]) { endHandlerLine(at: now) }
            if count < handlerLog.buffer.count { return }
        }
    }

    /// Writes out an incomplete line.
    mutating func endHandlerLine(at now: Int64) {
        if !handlerLog.lines.isEmpty, handlerLog.budget.admits(at: now) {
            begin("stderr")
            Self.add(handlerLog.lines, to: &log)
            log.end()
        }
        handlerLog.lines.removeAll()
    }

    private static func add(_ lines: borrowing HandlerLines, to log: inout EventLog) {
        log.field("text", lines.line)
    }

    /// Logs the number of handlers' lines that were dropped because the service's log budget was used up.
    mutating func logSuppressedLines(at now: Int64) {
        guard let count = handlerLog.budget.report(at: now) else { return }
        begin("stderr_suppressed")
        log.field("lines", count)
        log.end()
    }
}
