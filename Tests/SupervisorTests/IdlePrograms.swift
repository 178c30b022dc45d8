import LinuxSystem
import TestSupport

@testable import Supervisor

/// Programs that end at once, for a supervisor that starts none of them.
func idlePrograms() throws(SystemError) -> OwnPrograms {
    let program = try OwnProgram(opening: "/bin/true")
    return OwnPrograms(gate: program, resolver: program, logWriter: program, timeZone: nil)
}

/// Ends the writer of the log that a supervisor has started, as if there never had been one.
func forgetLogWriter(of supervisor: Supervisor) throws {
    guard let writer = supervisor.log.worker.process else { return }
    Processes.signal(writer.pid, .kill)
    _ = ChildProcesses.status(of: writer.pid)
    try supervisor.loop.poller.remove(writer.channel.number)
    _ = supervisor.descendants.roster.remove(pid: writer.pid)
    supervisor.journal.close()
    supervisor.log = LogKeeper()
}
