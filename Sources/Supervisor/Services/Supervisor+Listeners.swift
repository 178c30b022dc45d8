// Sets listeners back after the end of a gate, which had copies of them and may have been an attacker's. Only when a
// gate and the processes that it has left have ended can nobody change them again.
internal import Addresses
internal import LinuxSystem

extension Supervisor {
    /// Sets back the listeners of a gate that has ended, for the next one.
    func setBackListeners(of gate: GateProcess, at now: Int64) {
        setBack(gate.lent, at: now)
        if descendants.hasOrphans { services.listeners.doubt(gate.lent) }
    }

    /// Sets back once more the listeners that orphans may have changed, when these have ended too.
    func setBackDoubtfulListeners(at now: Int64) {
        guard services.listeners.hasDoubtful, !descendants.hasOrphans else { return }
        setBack(services.listeners.takeDoubtful(), at: now)
    }

    private func setBack(_ lent: [LentListener], at now: Int64) {
        for open in services.listeners.stillOpen(lent) {
            let changes = open.listener.setBack()
            setKernelFilter(of: open)
            if !changes.setBack.isEmpty { journal.listener("listener_changed", open.bound, changed: changes.setBack) }
            guard !changes.left.isEmpty else { continue }
            let waiting = open.listener.waitingClients
            journal.listener("listener_replaced", open.bound, changed: changes.left, lost: waiting)
            replace(open, at: now)
        }
    }

    /// Gives the services of a listener another one. A gate that already has a copy is replaced.
    private func replace(_ open: OpenListener, at now: Int64) {
        let users = services.all.filter { service in
            [service.serving, service.starting].contains { $0?.listeners.contains { $0 === open } == true }
        }
        do throws(SystemError) {
            if users.isEmpty {
                try open.listener.replace()
                return setKernelFilter(of: open)
            }
        } catch {
            // The next start of a gate tries again, and logs a failure.
            journal.problem("options_failed", "\(open.bound): \(error) [listen]")
        }
        services.listeners.forget(open)
        for service in users { start(service, at: now) }
    }

    /// Puts the kernel's filter of blocked clients on a listener, or takes away what is there.
    func setKernelFilter(of open: OpenListener) {
        guard case .ip = open.bound else { return }
        if open.isFiltered {
            blockList.filter.attach(to: open.number)
        } else {
            blockList.filter.detach(from: open.number)
        }
    }
}
