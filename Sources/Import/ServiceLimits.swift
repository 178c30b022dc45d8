// Counts and rates of the old files as Doorward's limits, kept within the bounds of the keys.

import ServiceModel

extension ImportReport {
    /// Sets `limits.connections`; 0 means no limit.
    mutating func setConnections(_ count: Int, of service: inout ImportedService, directive: String, at place: Place) {
        let most = Limits.mostConnections
        if count == 0 || count > most {
            note(place, directive, "\(most) is the most that one service has here [limits.connections]")
        }
        service[.connections] = .number(count == 0 ? most : min(count, most))
    }

    /// Sets `limits.per_source`; 0 means no limit.
    mutating func setPerSource(_ count: Int, of service: inout ImportedService) {
        service[.perSource] = count == 0 || count > Limits.mostConnections ? .text("unlimited") : .number(count)
    }

    /// A rate like `30/min`. nil for 0, which means no limit and no key, and with a remark when it is no rate.
    mutating func rate(_ count: Int, per unit: String, directive: String, at place: Place) -> ServiceValue? {
        guard count > 0 else {
            note(place, directive, "no limit, as here without the key")
            return nil
        }
        guard count <= 1_000_000 else {
            notCarriedOver(place, directive, "a rate is at most 1000000 here")
            return nil
        }
        return .text("\(count)/\(unit)")
    }
}
