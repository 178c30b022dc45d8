// Reads a service file into a service.
// Promises a service with every name looked up, or every fault of the file. A fault in one file does not affect another
// file. Never touches the machine: Host has the facts about it.

package import HostDefinition
import ServiceModel

/// Reads service files, each with the same defaults.
package struct ServiceReader: Sendable {
    private let host: Host
    private let configuration: HostConfiguration

    package init(host: Host, configuration: HostConfiguration) {
        self.host = host
        self.configuration = configuration
    }

    /// Reads one file.
    ///
    /// - Parameters:
    ///   - name: The name of the service: the file's name without `.toml`.
    ///   - file: The path, as faults show it.
    ///   - text: The file's bytes; any are allowed.
    package func read(name: String, file: String, text: [UInt8]) -> Result<ServiceDefinition, Faults> {
        var reading = Reading(host: host, handlers: configuration.settings.handlers, layer: .service, file: file)
        if !isServiceName(name) {
            reading.fault(
                SourcePosition(file: file, line: 1, column: 1),
                "the file's name makes \(quoted(name)) the service's; expected 1 to 32 of a-z, 0-9, _ and -, "
                    + "the first a letter or digit")
        }
        let definition = definition(name, file, SourceText(text, file: file), &reading)
        guard let definition, reading.faults.isEmpty else { return .failure(Faults(reading.faults)) }
        return .success(definition)
    }

    /// Reads the definition; nil only with a fault.
    private func definition(
        _ name: String, _ file: String, _ text: SourceText, _ reading: inout Reading
    ) -> ServiceDefinition? {
        let own: Section
        do {
            own = Section(title: "", entries: try readTOML(text))
        } catch {
            reading.fault(error.position, error.message)
            return nil
        }
        reading.refuseUnknownKeys(of: own, known: topNames(of: Service.keys))
        reading.requireKeys(of: own)
        let merged = own.over(defaults: configuration.defaults)
        var service = Service(
            name: name, file: file, listen: [], handler: .none, identity: Identity(user: .dynamic))
        reading.readService(of: merged, into: &service)
        reading.check(service, own: own, merged: merged)
        reading.checkTogether(&service, own: own, merged: merged)
        var definition = ServiceDefinition(
            service: service, activation: service.isEnabled ? .enabled : .disabled,
            listeners: reading.listeners.map { .init(address: $0.address, position: $0.position) })
        definition.origins = merged.origins
        return definition
    }
}

extension Reading {
    /// Reads every key of a section into a service with default values.
    mutating func readService(of top: Section, into service: inout Service) {
        // First, because the readers of other keys need both: the programs and paths of a disabled service need not
        // exist, and paths are inside of the root.
        read(Service.keys.filter { $0.name == "enabled" }, of: top, into: &service)
        isEnabled = service.isEnabled
        key = "root"
        readRoot(of: top)
        let faultsBefore = faults.count
        key = "listen"
        listeners = listen(of: top)
        listenersAreKnown = top["listen"] != nil && faults.count == faultsBefore
        read(Service.keys.filter { $0.name != "enabled" }, of: top, into: &service)
    }

    /// Checks that a service listens somewhere, and has a handler unless it is a sensor.
    fileprivate mutating func requireKeys(of own: Section) {
        let start = SourcePosition(file: file, line: 1, column: 1)
        defer { key = nil }
        key = "listen"
        if own["listen"] == nil { fault(start, "'listen' is missing; expected \(Self.listenForms)") }
        key = "handler"
        if own["handler"] == nil, own["sensor"] == nil {
            fault(start, "'handler' is missing; expected \(Self.handlerForms)")
        }
    }
}

/// Whether a service may have this name. It becomes part of paths, log lines and environment values.
private func isServiceName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 32, first != UInt8(ascii: "_"), first != UInt8(ascii: "-")
    else { return false }
    return name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_-".utf8.contains($0) }
}
