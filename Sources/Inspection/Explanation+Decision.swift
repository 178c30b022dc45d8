// What would become of the client: the decision, and what only a running supervisor knows.
internal import Addresses
internal import Admission
internal import Control
internal import HostDefinition
internal import Messages
internal import ServiceModel

extension Explanation {
    mutating func explainDecision() {
        add("service", service.name, from: service.file)
        if let reason = assessment.reason {
            add("decision", "refused: \(reason.sentence) [\(reason.remedy)]", from: reason.origin)
            if let cause = assessment.cause { add("cause", cause.rawValue, from: "") }
        } else if let rule = assessment.ruleIndex {
            let position = service.access[rule].position
            add("decision", "admitted by access rule \(rule + 1)" + provisos, from: position.fileAndLine)
        } else {
            add("decision", "admitted: there are no access rules" + provisos, from: "")
        }
    }

    /// What an admission still depends on.
    private var provisos: String {
        let keys = assessment.unansweredKeys
        return keys.isEmpty ? "" : "; if \(keys.joined(separator: " and ")) let it in"
    }

    /// What only the running supervisor knows.
    mutating func explainLiveState() {
        guard let live = assessment.live else {
            add("now", "no supervisor answers here: bans and connections are not known", from: "")
            return
        }
        guard let status = live.services.first(where: { $0.name == service.name }) else {
            add("now", "not served", from: "")
            return
        }
        let wait = status.counts[.active] >= status.limit ? "; the next one \(whereNextWaits(status))" : ""
        add(
            "now", "\(status.state.rawValue), \(status.counts[.active]) of \(status.limit) connections\(wait)", from: ""
        )
        // Listeners that take PROXY headers do without: the addresses that the kernel sees are not the clients'.
        if case .ip = assessment.peer, service.admission.upstreams.isEmpty, !live.kernelFilter.isEmpty {
            add("kernel filter", live.kernelFilter, from: "")
        }
        if let sourceStatus = live.sourceStatus { explain(sourceStatus) }
    }

    /// What becomes of a connection that comes when every place is taken.
    private func whereNextWaits(_ status: ServiceStatus) -> String {
        if service.waitingPlaces == 0 { return "waits in the listen queue" }
        if status.counts[.waiting] < service.waitingPlaces { return "waits in the gate" }
        return
            "takes the place in the gate of a source that has more of them than its own, or is refused [limits.waiting]"
    }

    /// What the gate knows of the client's source.
    private mutating func explain(_ sourceStatus: SourceStatus) {
        let most = Form.orUnlimited(.count(0...0)).shown(service.limits.perSource.setting)
        add("its connections", "\(sourceStatus.connections) of \(most)", from: "")
        if let wait = sourceStatus.rateWait {
            add("its rate", wait > .zero ? "used up for \(shown(wait))" : "not used up", from: "")
        }
        if sourceStatus.turnWait > .zero {
            add("limits.total_rate", "the next one waits for \(shown(sourceStatus.turnWait))")
        }
        if let points = sourceStatus.points {
            add("its points", "\(points) of \(service.admission.penalties.threshold)", from: "")
        }
        switch sourceStatus.lists {
        case .none, .denied: break
        case .unknown: add("its lists", "no answer is known: the next connection waits for one", from: "")
        case .admitted: add("its lists", "have answered, and let it in", from: "")
        case .unanswered: add("its lists", "not all have answered; those that have let it in", from: "")
        }
        for (index, rule) in service.admission.dnsbl.enumerated() where sourceStatus.matches & 1 << UInt32(index) != 0 {
            add("its lists", "matches: \(rule)", from: definition.origins["dnsbl"]?.fileAndLine)
        }
        switch sourceStatus.checks {
        case .none, .refused: break
        case .unknown: add("its checks", "no answer is known: the next connection waits for one", from: "")
        case .passed: add("its checks", "have let it in", from: "")
        }
    }
}
