// What the gate knows of somebody who might come, for `explain`. Counts nothing, spends nothing, asks nobody.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Gate {
    /// Tells the supervisor how a caller stands.
    func reportSourceStatus(of client: Client, number: UInt32, at now: Int64) {
        do throws(SystemError) {
            try channel.send(GateMessage.sourceStatus(number, sourceStatus(of: client.peer, at: now)).bytes)
        } catch {
            // The supervisor is busy, or gone; who asked it waits no longer than it does.
        }
    }

    private func sourceStatus(of peer: Peer, at now: Int64) -> SourceStatus {
        let source = admission.source(of: peer)
        var sourceStatus = SourceStatus()
        sourceStatus.connections = admission.count(of: source)
        sourceStatus.rateWait = admission.rateWait(of: source, at: now).map { .nanoseconds($0) }
        sourceStatus.turnWait = .nanoseconds(serviceRate.wait(at: now))
        switch penalties {
        case .some(let penalties): sourceStatus.points = penalties.points(of: source, at: now)
        case .none: break
        }
        addLists(of: peer, to: &sourceStatus, at: now)
        if !setup.service.admission.checks.programs.isEmpty {
            sourceStatus.checks =
                switch checks.cache.answer(for: source, at: now) {
                case nil: .unknown
                case .passed: .passed
                case .refused(let check): .refused(check: check)
                }
        }
        return sourceStatus
    }

    private func addLists(of peer: Peer, to sourceStatus: inout SourceStatus, at now: Int64) {
        guard case .ip = peer, !setup.service.admission.dnsbl.isEmpty else { return }
        switch knowledge(of: peer, at: now) {
        case .ask: sourceStatus.lists = .unknown
        case .known(let verdict):
            sourceStatus.matches = verdict.matches
            if case .deny(let rule) = verdict.outcome {
                sourceStatus.lists = .denied(rule: rule)
            } else {
                sourceStatus.lists = verdict.unknown == 0 ? .admitted : .unanswered
            }
        }
    }
}
