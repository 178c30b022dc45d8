// The process that is root: has the files read, holds every listening socket, starts the gates, and starts them again.
// Never reads a byte that a client sent. One thread, one loop, one wait. Its state is in owners, each in a folder here
// with a deadline of its own; what one of them decides and others have to carry out is in the files Supervisor+X.
internal import Admission
internal import Control
package import HostDefinition
internal import EventLog
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel

/// The owners of the supervisor's state that have something to do at a time.
enum SupervisorOwner: String, CaseIterable, Codable {
    case loop, process, files, services, descendants, bans, resolver, log, control
}

/// The supervisor, from start to the end of the last gate.
package final class Supervisor {
    var loop: EventLoop
    var journal = SupervisorJournal()
    var process: OwnProcess
    var files: HostFiles
    var services = ServiceTable()
    var descendants: Descendants
    var blockList: BlockListKeeper
    var bans: BanKeeper
    var resolver = WorkerKeeper()
    var log = LogKeeper()
    var control: ControlServer

    var settings: HostSettings { files.settings }

    /// Reads all files, and starts the services that are sound.
    ///
    /// Errors: a fault because of which nothing can be served. No gate was started then.
    ///
    /// - Parameters:
    ///   - reader: the command that prints the definitions.
    ///   - programs: what this process starts.
    ///   - readyNumber: an open descriptor that gets a line `SERVICE ADDRESS` for each open listener and is then
    ///     closed.
    package init(
        reader: DefinitionCommand, programs: OwnPrograms, readyNumber: Int32?
    ) throws(HostDefinitionError) {
        do throws(SystemError) {
            try Startup.secureDescriptors()
            try Startup.giveUpStreams()
            try SignalQueue.resetDispositions()
            // Each gate and each listener has descriptors here, and a process may have a thousand by default.
            try ProcessLimits.raise(ProcessLimits.files)
        } catch {
            throw HostDefinitionError(Problem(nil, message: "cannot start: \(error)"))
        }
        let definitions = try reader.definitions()
        let settings = definitions.settings
        process = OwnProcess(lock: try StateLock(settings.state), programs: programs, readyNumber: readyNumber)
        files = HostFiles(settings, reader: reader)
        control = ControlServer(state: settings.state)
        blockList = try BlockListKeeper(path: settings.blockList)
        var noGroups: String?
        do throws(SystemError) {
            bans = try BanKeeper(state: settings.state, exempt: settings.exempt)
            try Processes.becomeSubreaper()
            loop = try EventLoop()
            var groups: ControlGroups?
            do throws(ControlGroups.Unavailable) {
                groups = try ControlGroups(pid: Processes.ownPID, claiming: .ownGroup)
            } catch {
                noGroups = error.description
            }
            descendants = Descendants(orphans: try Orphans(groups: groups))
        } catch {
            throw HostDefinitionError(Problem(nil, message: "cannot start: \(error)"))
        }
        let now = Clock.monotonicNanoseconds()
        openLog(at: now)
        watchBlockList()
        logStart(withoutGroups: noGroups)
        openControl(at: now)
        restoreBans()
        applyKernelFilter(at: now)
        journal.kernel(problem: blockList.filter.problem)
        apply(definitions, on: "configured")
    }

    private func logStart(withoutGroups reason: String?) {
        journal.start(settings, process.privilege)
        journal.sandbox(descendants.orphans.groups, withoutGroups: reason)
        if let failure = process.lock.failure { logUnlocked("\(failure)") }
    }

    /// Serves until a signal or a command stops it.
    ///
    /// - Returns: the exit status.
    package func run() -> Int32 {
        while true {
            do throws(SystemError) {
                try turn()
            } catch {
                journal.problem("supervisor_fault", "\(error)")
                closeLog()
                return 1
            }
            if process.stop.isStopping, services.isEmpty {
                tell(descendants.orphans.killAll(but: log.worker.process?.pid))
                if bans.hasUnsaved { saveBans() }
                closeControl()
                journal.event("stopped")
                closeLog()
                return 0
            }
        }
    }

    private func turn() throws(SystemError) {
        let ready = try loop.poller.wait(timeoutNanoseconds: timeout(at: Clock.monotonicNanoseconds()))
        loop.waitLimit.begin()
        defer { loop.waitLimit.end() }
        loop.hasUnread = ready == loop.poller.mostAtOnce
        let now = Clock.monotonicNanoseconds()
        for index in 0..<ready {
            switch loop.token(at: index) {
            case .signals: try handleSignals(at: now)
            case .blockList: rereadBlockList()
            case .controlSocket: acceptControl(at: now)
            case .controlFile: tell(control.fileChanged(at: now, &loop.poller))
            // A child or a client that an earlier event of this turn has ended is not there any more.
            case .child(let number):
                if let child = descendants.roster.child(number) { handleInput(of: child, at: now) }
            case .client(let number): answer(number, at: now)
            }
        }
        if loop.hasMoreEnds { try reapChildren(at: now) }
        startWhatIsDue(at: now)
        // Only when everything was heard that has been said: this process may have been stopped itself.
        if !loop.hasUnread { tendChildren(at: now) }
        tendResolver(at: now)
        tendLog(at: now)
        tell(descendants.tend(at: now))
        setBackDoubtfulListeners(at: now)
        stopStep(at: now)
        reportReadiness()
        readFiles(at: now)
        tell(control.tend(at: now, &loop.poller))
        endReloads()
        tendBans(at: now)
    }

    /// Does what is due for the children: those that are late, silent, or listen too long.
    private func tendChildren(at now: Int64) {
        endUnwillingGates(at: now)
        guard let due = descendants.roster.deadline, now >= due else { return }
        resumeReports(at: now)
        endLateChildren(at: now)
        tendSigns(at: now)
    }

    /// Reads what a child has sent. A failure of its channel is the child's, not the supervisor's.
    private func handleInput(of child: ChildProcess, at now: Int64) {
        let (event, pid): (StaticString, Int32)
        do throws(SystemError) {
            switch child {
            case .gate(let gate):
                (event, pid) = ("gate_unreachable", gate.pid)
                try handleMessages(of: gate, at: now)
            case .worker(let process):
                (event, pid) = ("worker_unreachable", process.pid)
                try handleMessages(of: process, at: now)
            case .reader: return files.reading.readOutput(&loop.poller)
            }
        } catch {
            // When memory is short, the next turn reads it.
            if error.errno.isLackOfResources { return }
            journal.problem(event, "pid \(pid): \(error); it is killed")
            Processes.signal(pid, .kill)
        }
    }

    /// Notes what has happened to a child, and kills it if that follows.
    func note(_ event: ChildLife.Event, of child: any StartedProcess) {
        if child.life.note(event) == .kill { Processes.signal(child.pid, .kill) }
    }

    /// Kills the children that were to report by now, or to have done their task. Their end then counts as a failure.
    func endLateChildren(at now: Int64) {
        for child in descendants.roster.late(at: now) {
            let silence = "it did not report within \(ChildLife.startNanoseconds / 1_000_000_000) seconds"
            switch child {
            case .gate(let gate):
                gate.failure = gate.failure ?? silence
                note(.late, of: gate)
            case .worker(let process):
                process.problem = process.problem ?? silence
                note(.late, of: process)
            case .reader(let reader): reader.fail(SystemError("wait for command", .timedOut), .late)
            }
        }
    }

    /// The time until the first deadline of an owner, in nanoseconds; nil: there is none.
    func timeout(at now: Int64) -> Int64? {
        SupervisorOwner.allCases.compactMap { deadline(of: $0, at: now) }.min().map { max($0 - now, 0) }
    }

    private func deadline(of owner: SupervisorOwner, at now: Int64) -> Int64? {
        switch owner {
        case .loop: loop.deadline
        case .process: process.stop.deadline
        case .files: files.deadline
        case .services: services.deadline
        case .descendants: descendants.deadline
        case .bans: bans.deadline(at: now)
        case .resolver: resolver.deadline
        case .log: [log.deadline, journal.deadline].compactMap { $0 }.min()
        case .control: control.deadline
        }
    }

    private func handleSignals(at now: Int64) throws(SystemError) {
        while let signal = try loop.signals.next() {
            switch signal {
            case .hangUp: requestReload(by: nil)
            case .terminate, .interrupt: beginStop(graceNanoseconds: settings.drain.nanoseconds, at: now)
            default: try reapChildren(at: now)
            }
        }
    }

    func allGates() -> [GateProcess] { descendants.roster.gates }

    func tell(_ notices: [Orphans.Notice]) {
        for notice in notices {
            switch notice {
            case .signalled(let count, let signal): journal.orphans(count: count, signal)
            case .left(let error): journal.problem("orphans_left", "\(error)")
            case .groupLeft(let error): journal.problem("group_left", "\(error)")
            }
        }
    }
}
