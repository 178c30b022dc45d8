// What the gate knows of a client that might connect, for `explain`: written here by the gate, and read here by the
// admission that decides in its place. Counts nothing, and asks no list and no check.
package import Addresses
package import Admission
package import Messages
package import ServiceModel

extension AdmissionControl {
    /// The state by which this gate would decide on a client, without the wait for the service's rate.
    func status(of peer: Peer, lists: ListKnowledge, checks: CheckAnswer?, at now: Int64) -> SourceStatus {
        var status = SourceStatus(of: peer, settings, admission, lists: lists, checks: checks, at: now)
        status.points = points(of: source(of: peer), at: now)
        return status
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

/// A gate may have begun with an older definition of its service, so a rule or a check that the service does not have
/// counts as no answer.
extension SourceStatus {
    /// The verdict of the lists; nil: it is not known.
    func verdict(by rules: [DNSBLRule]) -> ListVerdict? {
        switch lists {
        case .none, .unknown: nil
        case .admitted, .unanswered: ListVerdict(matches: matches)
        case .denied(let rule): rules.indices.contains(rule) ? ListVerdict(.deny(rule: rule)) : nil
        }
    }

    /// The answer of the checks; nil: it is not known.
    func answer(of programs: [HandlerCommand]) -> CheckAnswer? {
        switch checks {
        case .none, .unknown: nil
        case .passed: .passed
        case .refused(let check): programs.indices.contains(check) ? .refused(check: check) : nil
        }
    }
}
