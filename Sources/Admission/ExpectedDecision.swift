// The decision that a gate would make on a peer that has not connected, for `explain` and `exec`. It asks no list and
// no check. Admission.decide decides first, and then the phases after it, in their order, by the answers that are
// known.
package import Addresses
package import ServiceModel

/// A decision that is not carried out.
package enum ExpectedDecision: Hashable, Sendable {
    /// Admitted by the access rule with this index; nil if the service has no rules. The phases in `unanswered` have
    /// not yet decided whether they admit the peer.
    case admitted(rule: Int?, unanswered: [PreConnectionPhase])
    case refused(Refusal)
}

/// The answers of lists and checks for a peer; nil: no answer yet.
package struct KnownAnswers: Hashable, Sendable {
    package var lists: ListVerdict?
    package var checks: CheckAnswer?

    package init(lists: ListVerdict? = nil, checks: CheckAnswer? = nil) {
        self.lists = lists
        self.checks = checks
    }
}

extension Admission {
    /// Decides as a gate of the service would at this moment, and gives the place back at once.
    ///
    /// A phase without an answer is skipped: if a later one refuses, the peer is refused whatever this one would
    /// answer.
    ///
    /// - Parameters: those of ``decide(_:blockList:bans:closed:at:)``, and
    ///   - settings: of the service, which determine its phases.
    ///   - answers: the answers of lists and checks for the peer.
    package mutating func expectedDecision(
        on peer: Peer, blockList: RawSpan, bans: RawSpan, closed: ClosedReason?, settings: AdmissionSettings,
        answers: KnownAnswers, at now: Int64
    ) -> ExpectedDecision {
        let rule: Int?
        switch decide(peer, blockList: blockList, bans: bans, closed: closed, at: now) {
        case .refuse(let refusal): return .refused(refusal)
        case .admit(let admitted):
            rule = admitted.rule
            end(admitted)
        }
        var unanswered: [PreConnectionPhase] = []
        for phase in PreConnectionPhase.afterAdmission(settings) {
            switch (phase, peer) {
            case (.lists, .ip):
                guard let verdict = answers.lists else {
                    unanswered.append(phase)
                    continue
                }
                if let refusal = verdict.refusal { return .refused(refusal) }
            case (.checks, _):
                guard let answer = answers.checks else {
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
