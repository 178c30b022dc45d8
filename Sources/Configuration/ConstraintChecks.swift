// Checks what keys need of each other, by their declarations. A key that another key makes useless is a fault, so that
// an administrator does not rely on a rule that has no effect. A key of `[defaults]` is for the services that meet its
// needs.

import Addresses
import ServiceModel

extension Reading {
    /// Checks every key that a file sets.
    ///
    /// - Parameters:
    ///   - own: the entries of the file itself.
    ///   - merged: the same, with `[defaults]` for what the file does not set.
    mutating func check(_ service: Service, own: Section, merged: Section) {
        defer { key = nil }
        for key in Service.keys {
            self.key = key.name
            for constraint in key.constraints {
                switch constraint {
                case .needs, .needsValue, .needsUnixSocket, .needsAddress:
                    guard layer == .service, let entry = own.entry(of: key.name) else { continue }
                    checkNeed(constraint, of: entry, in: key.table, service, merged)
                case .uselessForSensor(let reason):
                    guard let entry = own.entry(of: key.name), let sensor = own["sensor"] else { continue }
                    guard service.admission.sensor != nil else { continue }
                    fault(
                        entry.position,
                        "\(quoted(entry.key)) \(reason), because 'sensor' at \(sensor.position.fileAndLine) bans "
                            + "whoever connects; expected one of the two")
                case .uselessWith(let other, let value):
                    // An empty value does no harm: with it, a service can turn off both keys, whatever the defaults
                    // say.
                    guard ![.none, .list([])].contains(key.value(in: service)) else { continue }
                    checkUse(of: key, beside: other, value, service, merged) { name, place, other, otherPlace in
                        "\(name) at \(place) does nothing, because '\(other)' is \"\(value)\" at \(otherPlace); "
                            + "expected one of the two"
                    }
                case .contradicts(let other, let value, let says, let otherSays):
                    checkUse(of: key, beside: other, value, service, merged) { name, place, other, otherPlace in
                        "\(name) at \(place) \(says), and '\(other)' at \(otherPlace) \(otherSays); "
                            + "expected one of the two"
                    }
                }
            }
        }
    }

    private mutating func checkNeed(
        _ need: Constraint, of entry: TOMLEntry, in table: String, _ service: Service, _ merged: Section
    ) {
        let isUnix = { (address: ListenAddress) in if case .unix = address { true } else { false } }
        let name = quoted(entry.key)
        let problem: String? =
            switch need {
            case .needs(let other):
                merged.entry(of: other) != nil
                    ? nil : "\(name) does nothing without '\(other.split(separator: ".").last ?? "")'; expected both"
            case .needsValue(let other, let value):
                Service.key(other)?.value(in: service) == .text(value)
                    ? nil : "\(name) does nothing without '\(other) = \"\(value)\"'; expected both"
            case .needsUnixSocket:
                !listenersAreKnown || service.listen.contains(where: isUnix)
                    ? nil
                    : "\(name) in [\(table)] is for unix sockets; expected a \"unix:/path\" in 'listen' with it"
            case .needsAddress:
                !listenersAreKnown || service.listen.isEmpty || !service.listen.allSatisfy(isUnix)
                    ? nil : "\(name) does nothing on a unix socket; expected an address in 'listen' as well"
            case .uselessWith, .contradicts, .uselessForSensor: nil
            }
        if let problem { fault(entry.position, problem) }
    }

    /// Checks two keys that exclude each other. The message names the key's table instead of the key.
    private mutating func checkUse(
        of key: Key<Service>, beside other: String, _ value: String, _ service: Service, _ merged: Section,
        _ message: (_ name: String, _ place: String, _ other: String, _ otherPlace: String) -> String
    ) {
        guard Service.key(other)?.value(in: service) == .text(value),
            let useless = merged[key.table.isEmpty ? key.name : key.table], let cause = merged.entry(of: other)
        else { return }
        self.key = key.table.isEmpty ? key.name : key.table
        fault(
            ownPlace(useless.position, cause.position),
            message(
                key.table.isEmpty ? quoted(key.name) : "[\(key.table)]", useless.position.fileAndLine, other,
                cause.position.fileAndLine))
    }
}
