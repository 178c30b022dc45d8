// The keys of what happens between the accept and the start of a handler: `start`, `first_byte`, `greet_delay` and
// `proxy_protocol`. Promises that a key which another one makes useless is a fault.

internal import Addresses
import ServiceModel

extension Reading {
    /// What the section says about connections that wait for their handlers.
    mutating func readPreConnection(of top: Section, into settings: inout AdmissionSettings) {
        read("start", of: top, into: &settings.start) { $0.choice($1) }
        read("first_byte", of: top, into: &settings.firstByte) { $0.someTime($1) }
        read("greet_delay", of: top, into: &settings.greetDelay) { $0.someTime($1) }
        read("proxy_protocol", of: top, into: &settings.upstreams) { $0.upstreams($1) }
        if settings.start == .data, let delay = top["greet_delay"], let start = top["start"] {
            fault(
                ownPlace(delay.position, start.position),
                "'greet_delay' at \(delay.position.fileAndLine) refuses who talks first, and 'start' at "
                    + "\(start.position.fileAndLine) waits for that; expected one of the two")
            settings.greetDelay = nil
        }
        guard settings.start != .data, layer == .service else { return }
        if let entry = top["first_byte"], entry.position.file == file {
            fault(entry.position, "'first_byte' does nothing without 'start = \"data\"'; expected both")
        }
        if case .table(let entries) = top["penalties"]?.value.content,
            let entry = entries.first(where: { $0.key == "no_data" }), entry.position.file == file
        {
            fault(entry.position, "'no_data' does nothing without 'start = \"data\"'; expected both")
        }
    }

    private mutating func upstreams(_ entry: TOMLEntry) -> [IPPrefix]? {
        guard let prefixes = prefixes(entry) else { return nil }
        if case .list(let elements) = entry.value.content, elements.isEmpty {
            fault(
                entry.value.position,
                "'proxy_protocol' is empty; expected the addresses that send a PROXY header, like [\"10.0.0.0/8\"]")
            return nil
        }
        return prefixes
    }
}
