// What the gate knows of somebody who might come, for `explain`. Counts nothing, spends nothing, asks nobody.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Gate {
    /// Tells the supervisor how a caller stands.
    func tellStanding(of caller: Caller, number: UInt32, at now: Int64) {
        do throws(SystemError) {
            try channel.send(GateMessage.standing(number, standing(of: caller.peer, at: now)).bytes)
        } catch {
            // The supervisor is busy, or gone; who asked it waits no longer than it does.
        }
    }

    private func standing(of peer: Peer, at now: Int64) -> Standing {
        let source = admission.source(of: peer)
        var standing = Standing()
        standing.connections = admission.count(of: source)
        standing.rateWait = admission.rateWait(of: source, at: now).map { .nanoseconds($0) }
        standing.turnWait = .nanoseconds(pace.wait(at: now))
        switch penalties {
        case .some(let penalties): standing.points = penalties.points(of: source, at: now)
        case .none: break
        }
        addLists(of: peer, to: &standing, at: now)
        if !setup.service.admission.checks.programs.isEmpty {
            standing.checks =
                switch checks.cache.answer(for: source, at: now) {
                case nil: .unknown
                case .passed: .passed
                case .refused(let check): .refused(check: check)
                }
        }
        return standing
    }

    private func addLists(of peer: Peer, to standing: inout Standing, at now: Int64) {
        guard case .ip = peer, !setup.service.admission.dnsbl.isEmpty else { return }
        switch knowledge(of: peer, at: now) {
        case .ask: standing.lists = .unknown
        case .known(let verdict):
            standing.matches = verdict.matches
            if case .deny(let rule) = verdict.outcome {
                standing.lists = .denied(rule: rule)
            } else {
                standing.lists = verdict.unknown == 0 ? .admitted : .unanswered
            }
        }
    }
}
