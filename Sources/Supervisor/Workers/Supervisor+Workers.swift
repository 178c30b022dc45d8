// The starts, reports and ends of workers, whatever their task.
internal import LinuxSystem
internal import Messages
internal import ProcessSetup

extension Supervisor {
    /// Starts a worker.
    ///
    /// - Parameter start: starts the process with its end of the channel, and returns its pid.
    func makeWorker(
        _ task: WorkerTask, at now: Int64,
        by start: (ChildEnd.Numbers, inout SetupDescriptors) throws -> Int32
    ) throws -> WorkerProcess {
        let number = loop.numbers.next()
        let channel = try ProcessChannel()
        // Before the start, as for gates.
        try loop.poller.add(channel.parent.number, .child(number))
        var passed = SetupDescriptors()
        let pid = try start(channel.child.numbers, &passed)
        let worker = WorkerProcess(task, pid: pid, channel: channel.takeParentEnd(), startedAt: now)
        descendants.roster.add(.worker(worker), number)
        return worker
    }

    func tell(_ notice: WorkerKeeper.Notice?, of task: WorkerTask) {
        switch notice {
        case nil: break
        // That there is a log needs no line, as long as nothing was wrong with it.
        case .ready(_, again: false) where task == .log: break
        case .ready(let pid, _): journal.workerReady(task, pid: pid)
        case .notStarted(let failure, let wait), .died(let failure, let wait):
            journal.workerFailure(task, failure, retryIn: wait)
        case .unknown(let bytes):
            journal.unknownMessage(bytes, of: task.rawValue, pid: keeper(of: task).process?.pid ?? 0, service: nil)
        }
    }

    private func keeper(of task: WorkerTask) -> WorkerKeeper {
        switch task {
        case .resolver: resolver
        case .log: log.worker
        }
    }

    /// Reads the reports of a worker.
    func handleMessages(of process: WorkerProcess, at now: Int64) throws(SystemError) {
        guard try mayRead(.worker(process), at: now) else { return }
        switch try process.channel.receive() {
        case .nothing: break
        case .closed:
            // It ends; SIGCHLD brings its status.
            try stopReading(.worker(process))
        case .malformed: try talksNonsense(process)
        case .frame(let bytes):
            process.sign?.heard(at: now)
            let (notice, isNonsense) = note(report: bytes, of: process)
            tell(notice, of: process.task)
            if case .ready? = notice { process.sign = SignOfLife(at: now) }
            if isNonsense { try talksNonsense(process) }
        }
    }

    private func note(
        report bytes: [UInt8], of process: WorkerProcess
    ) -> (notice: WorkerKeeper.Notice?, isNonsense: Bool) {
        switch process.task {
        case .resolver: resolver.report(bytes, of: process)
        case .log: log.worker.report(bytes, of: process)
        }
    }

    private func talksNonsense(_ process: WorkerProcess) throws(SystemError) {
        journal.nonsense(process)
        note(.nonsense, of: process)
        // As for gates.
        try stopReading(.worker(process))
    }

    private static let lastMessages = 16

    /// Reads what a worker sent before its end.
    func readLast(of process: WorkerProcess, at now: Int64) {
        do throws(SystemError) {
            for _ in 0..<Self.lastMessages { try handleMessages(of: process, at: now) }
        } catch {
            journal.problem("worker_unreachable", "\(process.task.rawValue): \(error)")
        }
    }

    func workerEnded(_ process: WorkerProcess, _ end: ProcessEnd, at now: Int64) {
        let notice =
            switch process.task {
            case .resolver: resolver.ended(process, at: now)
            case .log: log.worker.ended(process, at: now)
            }
        guard let notice else { return }
        journal.workerDied(process.task, end)
        tell(notice, of: process.task)
    }

    func askForSign(_ process: WorkerProcess) {
        switch process.task {
        case .resolver: if resolver.process === process { resolver.order(ResolverOrder.signOfLife) }
        case .log: log.worker.order(LogOrder.signOfLife)
        }
    }

    /// Handles the silence of a worker: another one takes its place.
    func isSilent(_ process: WorkerProcess, _ times: Int, at now: Int64) {
        if times == 1 { journal.silent(process) }
        switch process.task {
        case .resolver: if resolver.process === process { renewResolver(at: now) }
        // Its pipes are for one reader at a time. Its end brings the next one.
        case .log: Processes.signal(process.pid, .kill)
        }
    }
}
