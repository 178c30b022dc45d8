// A service file to a service.
// Promises a service in which nothing is left to be looked up, or every fault of the file; a fault in one file is never
// another file's. Never touches the machine: Host answers what must be known of it.

package import HostDefinition
import ServiceModel

/// Reads service files, each over the same defaults.
package struct ServiceReader: Sendable {
    let host: Host
    let configuration: HostConfiguration

    package init(host: Host, configuration: HostConfiguration) {
        self.host = host
        self.configuration = configuration
    }

    /// Reads one file.
    ///
    /// - Parameters:
    ///   - name: The file's name without `.toml`, which is the service's.
    ///   - file: The path, as faults show it.
    ///   - text: The file's bytes, whatever they are.
    package func read(name: String, file: String, text: [UInt8]) -> Result<ServiceDefinition, Faults> {
        var reading = Reading(host: host, handlers: configuration.settings.handlers, layer: .service, file: file)
        if !isServiceName(name) {
            reading.fault(
                SourcePosition(file: file, line: 1, column: 1),
                "the file's name makes \(quoted(name)) the service's; expected 1 to 32 of a-z, 0-9, _ and -, "
                    + "the first a letter or digit")
        }
        let definition = definition(name: name, file: file, text: SourceText(text, file: file), reading: &reading)
        guard let definition, reading.faults.isEmpty else { return .failure(Faults(reading.faults)) }
        return .success(definition)
    }

    /// nil only with a fault.
    private func definition(
        name: String, file: String, text: SourceText, reading: inout Reading
    ) -> ServiceDefinition? {
        let own: Section
        do {
            own = Section(title: "", entries: try readTOML(text))
        } catch {
            reading.fault(error.position, error.message)
            return nil
        }
        reading.refuseUnknownKeys(of: own, known: KnownKeys.service)
        let faultsBefore = reading.faults.count
        let listeners = reading.listen(of: own, in: file)
        if reading.faults.count == faultsBefore {
            reading.refuseUnixOptions(own: own, listen: listeners.map(\.address))
            reading.refuseWhatNeedsAddresses(of: own, listen: listeners.map(\.address))
        }
        var isEnabled = true
        reading.read("enabled", of: own, into: &isEnabled) { $0.boolean($1) }
        reading.isEnabled = isEnabled
        let merged = own.over(defaults: configuration.defaults)
        let body = reading.body(of: merged)
        let sensor = reading.sensor(of: own)
        let handler = sensor == nil ? reading.handler(of: own, in: file) : HandlerCommand.none
        let inputFilters = reading.filters("input_filters", of: own)
        let outputFilters = reading.filters("output_filters", of: own)
        if body.standardError == .socket, !outputFilters.isEmpty, let way = merged["stderr"],
            let filters = own["output_filters"]
        {
            reading.fault(
                reading.ownPlace(way.position, filters.position),
                "'stderr' at \(way.position.fileAndLine) is \"socket\", which goes around the 'output_filters' at "
                    + "\(filters.position.fileAndLine); expected \"log\" or \"null\"")
        }
        guard let handler, let identity = body.identity else { return nil }

        var service = Service(
            name: name, file: file, listen: listeners.map(\.address), handler: handler, identity: identity)
        service.isEnabled = isEnabled
        service.inputFilters = inputFilters
        service.outputFilters = outputFilters
        service.access = body.access
        service.admission = body.admission
        service.admission.sensor = sensor
        service.environment = body.environment
        service.standardError = body.standardError
        service.directory = body.directory
        service.umask = body.umask
        service.nice = body.nice
        service.limits = body.limits
        service.socket = body.socket
        service.sandbox = body.sandbox
        var definition = ServiceDefinition(
            service: service, activation: isEnabled ? .enabled : .disabled,
            listeners: listeners.map { .init(address: $0.address, position: $0.position) })
        definition.origins = merged.origins
        return definition
    }
}

/// Whether a service may have this name. It becomes part of paths, log lines and environment values.
func isServiceName(_ name: String) -> Bool {
    guard let first = name.utf8.first, name.utf8.count <= 32, first != UInt8(ascii: "_"), first != UInt8(ascii: "-")
    else { return false }
    return name.utf8.allSatisfy { "abcdefghijklmnopqrstuvwxyz0123456789_-".utf8.contains($0) }
}
