// Checks several keys of a service together, beyond the constraints of their declarations.

import ServiceModel

extension Reading {
    mutating func checkTogether(_ service: inout Service, own: Section, merged: Section) {
        defer { key = nil }
        key = "user"
        checkIdentity(&service.identity, of: merged)
        key = "deny_message"
        checkMessage(service, of: merged)
        key = "penalties"
        checkPenalties(service.admission.penalties, of: merged)
        key = "stderr"
        if service.standardError == .socket, !service.outputFilters.isEmpty, let way = merged["stderr"],
            let filters = own["output_filters"]
        {
            fault(
                ownPlace(way.position, filters.position),
                "'stderr' at \(way.position.fileAndLine) is \"socket\", which goes around the 'output_filters' at "
                    + "\(filters.position.fileAndLine); expected \"log\" or \"null\"")
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
                "[penalties] gives points for nothing; expected at least one of exit, failure, signal, no_data, "
                    + "lifetime, limit")
        }
        if penalties.longest < penalties.ban,
            let entry = top.entry(of: "penalties.longest_ban") ?? top.entry(of: "penalties.ban")
        {
            fault(entry.value.position, "'longest_ban' is shorter than 'ban'")
        }
    }
}
