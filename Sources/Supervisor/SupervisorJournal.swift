// The lines that the supervisor logs. Nothing is counted or decided here.
internal import Addresses
internal import Admission
internal import Control
internal import HostDefinition
internal import EventLog
internal import LinuxSystem
internal import ProcessSetup
internal import Sandbox
internal import ServiceModel

/// The supervisor's log.
struct SupervisorJournal: ~Copyable {
    private var log: EventLog
    /// The pipe to the writer of the log; nil: the lines go to the log itself.
    private var writer: Descriptor?

    init(log: consuming EventLog = EventLog()) {
        self.log = log
        writer = nil
    }

    /// From now on, the lines go to the writer of the log.
    mutating func use(_ writer: consuming Descriptor) {
        log = EventLog(destination: writer.number)
        self.writer = consume writer
    }

    /// Ends the way to the writer.
    mutating func close() {
        log = EventLog()
        writer = nil
    }

    /// Monotonic; nil for never.
    var deadline: Int64? { log.lossesDeadline }

    mutating func reportLosses(at now: Int64) { log.reportLosses(at: now) }

    /// A line about the writer of the log, which goes to the log itself: there may be no writer.
    private func direct(_ event: StaticString, _ fill: (inout EventLog) -> Void) {
        var log = EventLog()
        log.begin(event, wallNanoseconds: Clock.wallNanoseconds())
        fill(&log)
        log.end()
    }

    private mutating func line(of task: WorkerTask, _ event: StaticString, _ fill: (inout EventLog) -> Void) {
        switch task {
        case .log: direct(event, fill)
        case .resolver: line(event, fill)
        }
    }

    private mutating func line(_ event: StaticString, _ fill: (inout EventLog) -> Void) {
        log.begin(event, wallNanoseconds: Clock.wallNanoseconds())
        fill(&log)
        log.end()
    }

    mutating func event(_ event: StaticString) { line(event) { _ in } }

    mutating func problem(_ event: StaticString, _ message: String) {
        line(event) { $0.field("message", message) }
    }

    mutating func start(_ settings: HostSettings, _ privilege: Privilege) {
        line("start") {
            $0.field("pid", Int(Processes.ownPID))
            $0.field("services", settings.services)
            if privilege == .ordinary {
                $0.field("skipped", Sandbox.skippedWithoutRoot)
                $0.field("message", "not root: gates and handlers run as uid \(Accounts.effectiveUser)")
            }
        }
    }

    /// Logs once which sandbox handlers get on this machine, and which parts the kernel lacks.
    mutating func sandbox(_ groups: ControlGroups?, withoutGroups reason: String?) {
        let abi = Landlock.abi
        line("sandbox") {
            $0.field("landlock", abi.version)
            if let groups { $0.field("group", groups.path) }
        }
        if let reason { problem("unprotected", "no control groups: \(reason)") }
        if let reason = groups?.withoutControllers {
            problem("unprotected", "limits.total_memory and the number of a service's processes: \(reason)")
        }
        for limitation in abi.missing { problem("unprotected", limitation) }
    }

    /// Logs whether the kernel drops blocked clients.
    mutating func kernel(problem: String?) {
        line("kernel_filter") {
            if let problem {
                $0.field("on", "no" as StaticString)
                $0.field("message", problem)
            } else {
                $0.field("on", "yes" as StaticString)
            }
        }
    }

    mutating func fault(_ fault: Fault) {
        line("fault") {
            $0.field("at", fault.position.description)
            $0.field("message", fault.message)
        }
    }

    mutating func applied(_ occasion: StaticString, services count: Int, faults: Int) {
        line(occasion) {
            $0.field("services", count)
            $0.field("faults", faults)
        }
    }

    mutating func removed(_ name: String) { line("removed") { $0.field("service", name) } }

    mutating func ready(_ gate: GateProcess) {
        line("ready") {
            $0.field("service", gate.definition.service.name)
            for listener in gate.listeners { $0.field("listen", listener.bound.description) }
            $0.field("pid", Int(gate.pid))
            $0.field("took", nanoseconds: Clock.monotonicNanoseconds() - gate.life.startedAt)
        }
    }

    /// Logs that a gate that has ended had changed a listener.
    ///
    /// - Parameter lost: how many clients waited at a listener that is closed for that; nil: not known.
    mutating func listener(
        _ event: StaticString, _ bound: ListenAddress, changed options: [String], lost: Int? = nil
    ) {
        line(event) {
            $0.field("listen", bound.description)
            for option in options { $0.field("option", option) }
            if let lost { $0.field("lost", lost) }
        }
    }

    mutating func bindFailure(_ service: WantedService, _ failure: BindError, retryIn wait: Duration) {
        line("bind_failed") {
            $0.field("service", service.name)
            $0.field("listen", failure.listener.address.description)
            $0.field("act", failure.error.act)
            $0.field("errno", failure.error.errno.name)
            $0.field("at", failure.listener.position.description)
            $0.field("retry", nanoseconds: wait.nanoseconds)
        }
    }

    mutating func startFailure(_ service: WantedService, _ reason: String, retryIn wait: Duration?) {
        line("start_failed") {
            $0.field("service", service.name)
            $0.field("file", service.definition.service.file)
            $0.field("message", reason)
            if let wait { $0.field("retry", nanoseconds: wait.nanoseconds) }
        }
    }

    mutating func gateEnd(_ event: StaticString, _ end: ProcessEnd, service: String?) {
        line(event) {
            if let service { $0.field("service", service) }
            Self.add(end, to: &$0)
        }
    }

    private static func add(_ end: ProcessEnd, to log: inout EventLog) {
        log.field("pid", Int(end.pid))
        switch end.way {
        case .exited(let status): log.field("status", Int(status))
        case .killed(let signal, _): log.field("signal", signal.name)
        }
    }

    /// Logs that a process sends more reports than are read.
    mutating func flood(of child: ChildProcess) {
        line("report_flood") {
            if case .gate(let gate) = child { $0.field("service", gate.definition.service.name) }
            $0.field("pid", Int(child.started.pid))
        }
    }

    /// Logs that a process gives no sign of life.
    mutating func silent(_ event: StaticString, pid: Int32, service: String?) {
        line(event) {
            if let service { $0.field("service", service) }
            $0.field("pid", Int(pid))
        }
    }

    /// Logs a process, of a handler for example, that ends with its gate.
    mutating func lost(process: Int32, of gate: GateProcess) {
        line("connection_lost") {
            $0.field("service", gate.definition.service.name)
            $0.field("gate", Int(gate.pid))
            $0.field("pid", Int(process))
        }
    }

    /// Logs a message that is of no kind which the supervisor knows.
    ///
    /// - Parameter service: that of a gate; nil: the sender serves all.
    mutating func unknownMessage(_ bytes: [UInt8], of sender: String, pid: Int32, service: String?) {
        line("unknown_message") {
            if let service { $0.field("service", service) }
            $0.field("from", sender)
            $0.field("pid", Int(pid))
            $0.field("byte", Int(bytes.first ?? 0))
        }
    }

    mutating func blockList(_ list: BlockListFile, entries count: Int) {
        line("block_list") {
            $0.field("file", list.path ?? "")
            $0.field("entries", count)
        }
    }

    /// Logs a request that came by the control socket.
    mutating func request(_ name: String, of client: ControlClient) {
        line("request") {
            $0.field("request", name)
            $0.field("uid", Int(client.uid))
            $0.field("pid", Int(client.pid))
        }
    }

    mutating func workerReady(_ task: WorkerTask, pid: Int32) {
        line(task == .log ? "log_ready" : "resolver_ready") { $0.field("pid", Int(pid)) }
    }

    mutating func workerFailure(_ task: WorkerTask, _ failure: WorkerFailure, retryIn wait: Duration) {
        line(of: task, task == .log ? "log_failed" : "resolver_failed") {
            $0.field("message", failure.description)
            $0.field("retry", nanoseconds: wait.nanoseconds)
        }
    }

    mutating func workerDied(_ task: WorkerTask, _ end: ProcessEnd) {
        line(of: task, task == .log ? "log_died" : "resolver_died") { Self.add(end, to: &$0) }
    }

    mutating func nonsense(_ worker: WorkerProcess) {
        line(of: worker.task, worker.task == .log ? "log_nonsense" : "resolver_nonsense") {
            $0.field(
                "message", "pid \(worker.pid) says what no \(worker.task.rawValue) process says, and is killed")
        }
    }

    mutating func silent(_ worker: WorkerProcess) {
        line(of: worker.task, worker.task == .log ? "log_silent" : "resolver_silent") {
            $0.field("pid", Int(worker.pid))
        }
    }

    mutating func orphans(count: Int, _ signal: Signal) {
        line("orphans") {
            $0.field("count", count)
            $0.field("signal", signal.name)
        }
    }

    mutating func drain(gates: Int, graceNanoseconds: Int64?) {
        line("drain") {
            $0.field("gates", gates)
            if let graceNanoseconds { $0.field("grace", nanoseconds: graceNanoseconds) }
        }
    }

    /// Logs a new ban.
    mutating func ban(_ ban: Ban, at now: Int64) {
        line("ban") {
            $0.field("prefix", ban.prefix.description)
            $0.field("for", ban.cause.text)
            if ban.end != .max { $0.field("length", nanoseconds: ban.end - now) }
            $0.field("strikes", ban.strikes)
        }
    }

    /// Logs an offence of a source that no gate can have banned.
    mutating func spared(_ prefix: IPPrefix, _ reason: SparedSources.Reason, service: String) {
        line("ban_spared") {
            $0.field("prefix", prefix.description)
            $0.field("service", service)
            $0.field("message", reason.rawValue)
        }
    }

    mutating func unban(_ ban: Ban) {
        line("unban") {
            $0.field("prefix", ban.prefix.description)
            $0.field("for", ban.cause.text)
        }
    }

    /// Logs the number of bans that were not logged because the budget was used up.
    mutating func suppressedBans(_ count: Int) { line("ban_suppressed") { $0.field("count", count) } }
}
