// Counts and rates of the old files as Doorward's limits, kept inside what those take.

import ServiceModel

extension ImportReport {
    /// `limits.connections`. 0 is no limit.
    mutating func setConnections(_ count: Int, of service: inout ImportedService, directive: String, at place: Place) {
        let most = Limits.mostConnections
        if count == 0 || count > most {
            note(place, directive, "\(most) is the most that one service has here [limits.connections]")
        }
        service[.connections] = .number(count == 0 ? most : min(count, most))
    }

    /// `limits.per_source`. 0 is no limit.
    mutating func setPerSource(_ count: Int, of service: inout ImportedService) {
        service[.perSource] = count == 0 || count > Limits.mostConnections ? .text("unlimited") : .number(count)
    }

    /// A rate like `30/min`; nil with a remark when it is none. 0 is no limit, and no key.
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
