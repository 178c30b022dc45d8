// What several keys of a service decide together, beyond what their declarations say.

import ServiceModel

extension Reading {
    mutating func checkTogether(_ service: inout Service, own: Section, merged: Section) {
        checkIdentity(&service.identity, of: merged)
        checkMessage(service, of: merged)
        checkPenalties(service.admission.penalties, of: merged)
        if service.standardError == .socket, !service.outputFilters.isEmpty, let way = merged["stderr"],
            let filters = own["output_filters"]
        {
            fault(
                ownPlace(way.position, filters.position),
                "'stderr' at \(way.position.fileAndLine) is \"socket\", which goes around the 'output_filters' at "
                    + "\(filters.position.fileAndLine); expected \"log\" or \"null\"")
        }
    }

    /// Only a service that says `user = "root"` and lists its capabilities has uid 0 or gid 0.
    private mutating func checkIdentity(_ identity: inout Identity, of top: Section) {
        // With a user at fault, nothing can be said about the rest.
        guard top["user"] == nil || account != nil else { return }
        if identity.user == .root, top["capabilities"] == nil, let position = account?.position {
            fault(
                position,
                "'user' is \"root\" but 'capabilities' is missing; expected it in the same file, "
                    + "listing what the service needs (may be \"\")")
        }
        let isRoot = account?.user == .root
        if !isRoot { refuseGroupZero(identity, of: top) }
        if case .account(let name, let uid) = identity.user, let account, account.gid == nil, top["group"] == nil,
            let position = account.position
        {
            fault(
                position,
                "'user' is \(quoted(name)), and uid \(uid) has no account to tell its group; expected 'group' too")
        }
        identity.gid = identity.gid ?? account?.gid
    }

    private mutating func refuseGroupZero(_ identity: Identity, of top: Section) {
        let only = "which is root's; expected another one, or user = \"root\""
        if identity.gid == 0, let entry = top["group"] { fault(entry.value.position, "'group' is gid 0, \(only)") }
        if case .list(let elements)? = top["groups"]?.value.content {
            for element in elements where isGroupZero(element) {
                fault(element.position, "'groups' has gid 0, \(only)")
            }
        }
        if let account, account.gid == 0, top["group"] == nil, let position = account.position {
            fault(position, "'user': the account's primary group is gid 0, which is root's; expected 'group' too")
        }
    }

    private func isGroupZero(_ node: TOMLNode) -> Bool {
        switch node.content {
        case .integer(0), .string("0"): true
        case .string(let name): host.group(named: name) == 0
        default: false
        }
    }

    private mutating func checkMessage(_ service: Service, of top: Section) {
        guard let message = top["deny_message"], let way = top["refuse"], case .string(let word) = way.value.content,
            let action = RefusalAction.Word(rawValue: word), action != .close,
            case .message = service.admission.refusal
        else { return }
        fault(
            ownPlace(message.position, way.position),
            "'deny_message' at \(message.position.fileAndLine) is never sent, because of 'refuse' at "
                + "\(way.position.fileAndLine); expected one of the two")
    }

    private mutating func checkPenalties(_ penalties: Penalties, of top: Section) {
        guard let table = top["penalties"], case .table = table.value.content else { return }
        if penalties.areNone {
            fault(
                table.position,
                "[penalties] gives points for nothing; expected at least one of exit, failure, signal, no_data, lifetime, limit"
            )
        }
        if penalties.longest < penalties.ban,
            let entry = top.entry(of: "penalties.longest_ban") ?? top.entry(of: "penalties.ban")
        {
            fault(entry.value.position, "'longest_ban' is shorter than 'ban'")
        }
    }
}
