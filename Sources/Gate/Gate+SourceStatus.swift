// What the gate knows of a client that might connect, for `explain`. Counts nothing, and asks no list and no check.
package import Addresses
package import Admission
internal import LinuxSystem
package import Messages
package import ServiceModel

extension Gate {
    func sourceStatus(of peer: Peer, at now: Int64) -> SourceStatus {
        let source = admission.admission.source(of: peer)
        var sourceStatus = SourceStatus(
            of: peer, setup.service.admission, admission.admission, lists: knowledge(of: peer, at: now),
            checks: checks.cache.answer(for: source, at: now), at: now)
        sourceStatus.turnWait = .nanoseconds(listeners.rateWait(at: now))
        sourceStatus.points = admission.points(of: source, at: now)
        return sourceStatus
    }
}

extension SourceStatus {
    /// The state by which a gate would decide on a client's admission.
    ///
    /// - Parameters:
    ///   - settings: of the gate's service.
    ///   - lists: the answers of the service's lists for the client.
    ///   - checks: the answer of its checks; nil: none yet.
    ///   - now: nanoseconds of the monotonic clock.
    package init(
        of peer: Peer, _ settings: AdmissionSettings, _ admission: borrowing Admission, lists: ListKnowledge,
        checks: CheckAnswer?, at now: Int64
    ) {
        self.init()
        let source = admission.source(of: peer)
        connections = admission.count(of: source)
        rateWait = admission.rateWait(of: source, at: now).map { .nanoseconds($0) }
        if case .ip = peer, !settings.dnsbl.isEmpty { add(lists) }
        if !settings.checks.programs.isEmpty {
            self.checks =
                switch checks {
                case nil: .unknown
                case .passed: .passed
                case .refused(let check): .refused(check: check)
                }
        }
    }

    private mutating func add(_ knowledge: ListKnowledge) {
        switch knowledge {
        case .ask: lists = .unknown
        case .known(let verdict):
            matches = verdict.matches
            if case .deny(let rule) = verdict.outcome {
                lists = .denied(rule: rule)
            } else {
                lists = verdict.unknown == 0 ? .admitted : .unanswered
            }
        }
    }
}
