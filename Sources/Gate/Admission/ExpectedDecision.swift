// The decision that a gate would make on a peer that has not connected, for `explain` and `exec`. It asks no list and
// no check. Admission decides first, as on a connection, and then the phases after it, in their order, by the answers
// that are known.
package import Addresses
package import Admission
package import Messages
internal import ServiceModel

/// A decision that is not carried out.
package enum ExpectedDecision: Hashable, Sendable {
    /// Admitted by the access rule with this index; nil if the service has no rules. The phases in `unanswered` have
    /// not yet decided whether they admit the peer.
    case admitted(rule: Int?, unanswered: [PreConnectionPhase])
    case refused(Refusal)
}

extension AdmissionControl {
    /// Decides as a gate of the service would at this moment, and gives the place back at once.
    ///
    /// A phase without an answer is skipped: if a later one refuses, the peer is refused whatever this one would
    /// answer.
    ///
    /// - Parameters:
    ///   - status: what the service's gate says of the peer; nil: nothing is known. Its counts are taken over, so this
    ///     admission must have decided on no other peer.
    package mutating func expectedDecision(
        on peer: Peer, by status: SourceStatus?, at now: Int64
    ) -> ExpectedDecision {
        if let status { restore(status, of: peer, at: now) }
        let rule: Int?
        switch decide(on: peer, at: now) {
        case .refuse(let refusal): return .refused(refusal)
        case .admit(let admitted):
            rule = admitted.rule
            end(admitted)
        }
        var unanswered: [PreConnectionPhase] = []
        for phase in PreConnectionPhase.afterAdmission(settings) {
            switch (phase, peer) {
            case (.lists, .ip):
                guard let verdict = status?.verdict(by: settings.dnsbl) else {
                    unanswered.append(phase)
                    continue
                }
                if let refusal = verdict.refusal { return .refused(refusal) }
            case (.checks, _):
                guard let answer = status?.answer(of: settings.checks.programs) else {
                    unanswered.append(phase)
                    continue
                }
                if let refusal = answer.refusal { return .refused(refusal) }
            // DNS block lists know addresses and no users, and what the peer itself will do is not known.
            default: break
            }
        }
        return .admitted(rule: rule, unanswered: unanswered)
    }
}
