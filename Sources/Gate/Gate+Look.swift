// What the gate knows of somebody who might come, for `explain`. Counts nothing, spends nothing, asks nobody.
internal import Admission
internal import Control
internal import LinuxSystem
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
        switch penalties {
        case .some(let penalties): standing.points = penalties.points(of: source, at: now)
        case .none: break
        }
        standing.lists = listStanding(of: peer, at: now)
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

    private func listStanding(of peer: Peer, at now: Int64) -> Standing.Lists {
        guard case .ip = peer, !setup.service.admission.dnsbl.isEmpty else { return .none }
        switch knowledge(of: peer, at: now) {
        case .ask: return .unknown
        case .known(let verdict):
            if case .deny(let rule) = verdict.outcome { return .denied(rule: rule) }
            return .admitted
        }
    }
}
