// Starts the writer of the log before anything else is logged, starts it again when it dies, and waits for it at the
// end.
internal import LinuxSystem
internal import Messages
internal import ProcessSetup
internal import Sandbox
internal import ServiceModel

extension Supervisor {
    /// Starts the writer. From now on this process's own lines go its way too. Without one, they go to descriptor 2.
    func openLog(at now: Int64) {
        do throws(SystemError) {
            var reader: Descriptor?
            let writer = try LogPipe(capacity: LogPipe.supervisorCapacity).takeWriter { reader = consume $0 }
            guard let end = reader.take() else { return }
            try log.add(end, of: .supervisor, pid: Processes.ownPID)
            journal.use(writer)
        } catch {
            journal.problem("log_failed", "\(error)")
        }
        startLogWriter(at: now)
    }

    private func startLogWriter(at now: Int64) {
        log.worker.cancelRestart()
        do {
            let writer = try makeWorker(.log, at: now) { channel, passed in
                let sandbox = try self.sandbox(ofLogWriterWith: &passed)
                let setup = LogWriterSetup(sandbox: sandbox, channel: passed.add(channel))
                return try self.process.programs.startLogWriter(setup, passed)
            }
            try log.started(writer)
            log.worker.sendOrders(at: now)
        } catch {
            tell(log.worker.notStarted(error, at: now), of: .log)
        }
    }

    private func sandbox(ofLogWriterWith passed: inout SetupDescriptors) throws -> SandboxPlan {
        let task = WorkerTask.log
        let network = task.wantsEmptyNetwork(with: process.privilege) ? try process.emptyNetworkNumber() : nil
        return try task.sandbox(
            state: settings.state, privilege: process.privilege, emptyNetwork: network.map { passed.add($0) })
    }

    /// Gives the writer the pipe of a process that was started.
    func readLog(_ lines: consuming LogPipe, of source: LogSource, pid: Int32) {
        do throws(SystemError) {
            try log.add(lines.takeReader(), of: source, pid: pid)
        } catch {
            // The next one gets all.
            journal.problem("log_incomplete", "pid \(pid): \(error); the writer of the log is started again")
            if let writer = log.worker.process { Processes.signal(writer.pid, .kill) }
        }
    }

    /// Does what is due: starts a writer again, sends queued orders, and says how many of this process's lines were
    /// lost.
    func tendLog(at now: Int64) {
        if log.worker.isRestartDue(at: now) { startLogWriter(at: now) }
        log.worker.sendOrders(at: now)
        journal.reportLosses(at: now)
    }

    /// How long the end of this process waits for the log.
    private static let lastNanoseconds: Int64 = 3_000_000_000

    /// Waits until the writer has written what there is, but not for long: the log may be full, or nobody reads it.
    func closeLog() {
        journal.close()
        guard let writer = log.worker.process else { return }
        log.worker.order(LogOrder.finish)
        log.worker.sendOrders(at: Clock.monotonicNanoseconds())
        do throws(SystemError) {
            _ = try Processes.hasEnded(writer.pid, withinNanoseconds: Self.lastNanoseconds)
        } catch {
            // Without this wait the writer goes on all the same, until everything is written.
        }
    }
}
