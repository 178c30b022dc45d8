// What a gate would decide on a peer that has not come: for `explain` and `exec`. No list and no check is asked.
// Admission.decide decides, and then the phases after it, in their order, by the answers that are known.
package import Addresses
package import ServiceModel

/// A decision that is not carried out.
package enum ExpectedDecision: Hashable, Sendable {
    /// By the access rule with this index; nil where the service has no rules. The phases in `unanswered` have not said
    /// yet whether they let the peer in.
    case admitted(rule: Int?, unanswered: [PreConnectionPhase])
    case refused(Refusal)
}

/// What lists and checks have said of a peer; nil: nothing yet.
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
    /// A phase without an answer is passed over: when a later one refuses, the peer is refused whatever this one says.
    ///
    /// - Parameters: those of ``decide(_:blockList:bans:closed:at:)``, and
    ///   - settings: of the service, which say what phases there are.
    ///   - answers: what lists and checks have said of the peer.
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
            // DNS block lists know addresses, no users; and what the peer itself will do is not known.
            case (.lists, .unix), (.proxyHeader, _), (.greetDelay, _), (.firstByte, _), (.handler, _): break
            }
        }
        return .admitted(rule: rule, unanswered: unanswered)
    }
}
