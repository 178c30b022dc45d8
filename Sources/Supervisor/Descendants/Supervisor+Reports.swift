// When the reports of a process are read, and when they wait.
internal import HostDefinition
internal import LinuxSystem
internal import ServiceModel

extension Supervisor {
    /// Whether one more report of a process may be read now. One that sends too many has its pipe taken out of the poll
    /// set for a while.
    func mayRead(_ child: ChildProcess, at now: Int64) throws(SystemError) -> Bool {
        switch child.started.flow.next(at: now) {
        case .read: return true
        case .stay: return false
        case .pause(let isFirst):
            guard let number = child.reportsNumber else { return false }
            try loop.poller.remove(number)
            if isFirst { journal.flood(of: child) }
            return false
        }
    }

    /// Puts the pipes back whose time has come.
    func resumeReports(at now: Int64) {
        for (child, number) in descendants.roster.resumed(at: now) {
            guard let pipe = child.reportsNumber else { continue }
            do throws(SystemError) {
                try loop.poller.add(pipe, .child(number))
            } catch {
                journal.problem("reports_unread", "pid \(child.started.pid): \(error); it is killed")
                Processes.signal(child.started.pid, .kill)
            }
        }
    }

    /// Reads nothing more of a process.
    func stopReading(_ child: ChildProcess) throws(SystemError) {
        guard child.started.flow.close(), let number = child.reportsNumber else { return }
        try loop.poller.remove(number)
    }
}

extension ChildProcess {
    /// The pipe of its reports; nil: it has none.
    fileprivate var reportsNumber: Int32? {
        switch self {
        case .gate(let gate): gate.channel.number
        case .worker(let process): process.channel.number
        case .reader: nil
        }
    }
}
