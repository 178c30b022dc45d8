// SIGTERM: gates stop accepting, and handlers may finish until the deadline; then they get TERM, and then KILL.
internal import Control
internal import LinuxSystem
internal import Messages

extension Supervisor {
    /// Begins to stop, because of a signal.
    ///
    /// - Parameter graceNanoseconds: the time that handlers have.
    func beginStop(graceNanoseconds: Int64, at now: Int64) {
        beginStop(by: process.stop.request(graceNanoseconds: graceNanoseconds, at: now))
    }

    /// Begins to stop, because of a command.
    ///
    /// - Parameter graceNanoseconds: the time that handlers have; nil: without a limit.
    func beginStop(byCommandWithGrace graceNanoseconds: Int64?, at now: Int64) {
        if let step = process.stop.command(graceNanoseconds: graceNanoseconds, at: now) { beginStop(by: step) }
    }

    private func beginStop(by step: Stop.Step) {
        for client in files.cancel() { client.reply(.refused(.stopping)) }
        for service in services.all {
            for gate in [service.serving, service.starting].compactMap({ $0 }) {
                stopHandshakes(gate.listeners)
                gate.giveUpListeners()
                services.drain(gate)
            }
        }
        services.removeAll()
        services.closeUnwantedListeners()
        take(step)
    }

    /// Lets no new handshake begin on these listeners. Gates still accept the clients that are in the queues.
    func stopHandshakes(_ listeners: [OpenListener]) {
        for open in listeners {
            do throws(SystemError) {
                try open.listener.dropNewConnections()
            } catch {
                journal.problem("newcomers", "\(open.bound): \(error); who begins to connect now may be reset")
            }
        }
    }

    func stopStep(at now: Int64) {
        if let step = process.stop.step(at: now) { take(step) }
    }

    private func take(_ step: Stop.Step) {
        let gates = allGates()
        switch step {
        case .drain(let grace):
            journal.drain(gates: gates.count, graceNanoseconds: grace)
            for gate in gates { send(.queueFlush, to: gate) }
            for gate in gates { send(.drain(graceNanoseconds: grace), to: gate) }
        case .terminate:
            journal.drain(gates: gates.count, graceNanoseconds: 0)
            for gate in gates { send(.drain(graceNanoseconds: 0), to: gate) }
        case .kill:
            journal.event("kill")
            for gate in gates { send(.kill, to: gate) }
        case .killGates:
            for gate in gates {
                journal.problem("gate_killed", "pid \(gate.pid) did not end in time")
                Processes.signal(gate.pid, .kill)
                if let group = gate.group { tell([Orphans.kill(group)].compactMap { $0 }) }
            }
        }
    }

    /// Once every service serves or has failed, writes the address of each listener to the readiness descriptor, and
    /// closes it.
    func reportReadiness() {
        guard process.ready != nil, services.isSettled, let descriptor = process.ready.take() else { return }
        var text = ""
        for service in services.sorted {
            for listener in service.serving?.listeners ?? [] { text += "\(service.name) \(listener.bound)\n" }
        }
        do throws(SystemError) {
            try descriptor.writeAll(Array((text.isEmpty ? "\n" : text).utf8).span)
        } catch {
            journal.problem("ready_unread", "\(error) [--ready-fd]")
        }
    }
}
