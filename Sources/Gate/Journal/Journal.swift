// The journal of a gate: its lines in the log, those of its handlers, and the budgets of both.
// Promises that it counts nothing and decides nothing about a connection: what it is told has happened.
internal import EventLog
internal import LinuxSystem
internal import ServiceModel

/// What one gate logs.
struct Journal: ~Copyable {
    let service: Service
    /// The path of the block list, as the log shows it.
    let blockListFile: String
    /// The pid of the gate.
    let pid: Int32
    var log: EventLog
    var handlerLog: HandlerLog
    var refusalBudget = LogBudget.refusals

    /// - Parameters:
    ///   - pipe: the pipe that the handlers of the service write to.
    ///   - log: where the lines go.
    init(
        _ service: Service, blockListFile: String, pid: Int32, pipe: consuming HandlerPipe,
        log: consuming EventLog? = nil
    ) {
        self.service = service
        self.blockListFile = blockListFile
        self.pid = pid
        self.log = log ?? EventLog(service: service.name)
        handlerLog = HandlerLog(pipe)
    }

    /// Monotonic: when ``tend(at:)`` has to report lines that were dropped, or ``watch(in:at:)`` has to be tried again;
    /// nil for never.
    var deadline: Int64? {
        earlier(
            earlier(handlerLog.budget.reportAt, refusalBudget.reportAt),
            earlier(handlerLog.entry.deadline, log.lossesDeadline))
    }

    /// Reports the lines that were dropped because a budget was used up, and those that were lost.
    mutating func tend(at now: Int64) {
        log.reportLosses(at: now)
        logSuppressedLines(at: now)
        logSuppressedRefusals(at: now)
    }
}
