// The program that serves the client, and the identity that it has.
internal import HostDefinition
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel
internal import Spawner

extension Explanation {
    mutating func explainHandler() {
        guard service.admission.sensor == nil else {
            add("path", "none: a sensor starts nothing", from: "")
            return
        }
        add("path", assessment.command.path, from: originOfHandler)
        for (index, argument) in assessment.command.arguments.enumerated() {
            add("argument \(index)", argument, from: originOfHandler)
        }
    }

    /// The variables of the handler, each with the line that sets it.
    mutating func explainEnvironment() {
        var plan = SpawnPlan(service: service, limits: [], log: 2, null: 2)
        for entry in plan.environment(rule: assessment.ruleIndex, facts: facts) {
            let parts = entry.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            let isOfRule = assessment.rule?.environment.contains { $0.name == parts[0] } == true
            let isOfList = service.admission.dnsbl.enumerated().contains { index, rule in
                assessment.matchingLists & 1 << UInt32(index) != 0 && rule.environment.contains { $0.name == parts[0] }
            }
            let said =
                isOfList
                ? definition.origins["dnsbl"]
                : isOfRule ? assessment.rule?.position : definition.origins["environment.\(parts[0])"]
            add("environment \(parts[0])", parts[1], from: said?.fileAndLine ?? "")
        }
    }

    /// The facts of a connection by the client at this moment: no port, the first connection of its source.
    private var facts: ConnectionFacts {
        let id = ConnectionID(pid: Processes.ownPID, number: 1)
        var facts = ConnectionFacts(peer: assessment.peer, local: assessment.local, sourceCount: 1, id: id)
        facts.lists = assessment.matchingLists
        return facts
    }

    private var originOfHandler: String? {
        if let rule = assessment.rule, rule.handler != nil { return rule.position.fileAndLine }
        return definition.origins["handler"]?.fileAndLine
    }

    /// The user, the groups and the capabilities of the handler.
    mutating func explainIdentity() {
        let isDynamic = service.identity.user == .dynamic
        var number: UInt32?
        do throws(IdentityError) {
            number = isDynamic ? try DynamicUsers.known(service.name, state: assessment.settings.state) : nil
        } catch {
            add("state", "\(error)", from: "")
        }
        let range = DynamicUsers.range
        let unknown = "of its own, from \(range.lowerBound) to \(range.upperBound), given at its first start"
        let credentials = Credentials(of: service, dynamicNumber: number ?? 0)
        if let credentials, !isDynamic || number != nil {
            add("user", "uid \(credentials.uid)" + (isDynamic ? ", of its own" : ""))
            add("group", "gid \(credentials.gid)")
        } else {
            add("user", unknown)
            add("group", "the same number")
        }
        if let sets = credentials?.capabilities {
            let hexadecimal = { (bits: UInt64) in "0x" + String(bits, radix: 16) }
            add("capabilities", service.identity.capabilities.isEmpty ? "none" : service.identity.capabilities)
            add("permitted, effective, ambient", hexadecimal(sets.ambient), from: "")
            add("inheritable", hexadecimal(sets.inheritable), from: "")
            add("bounding", hexadecimal(sets.bounding), from: "")
        }
        add("no_new_privs", "yes: setuid files and file capabilities give nothing", from: "always")
    }
}
