// The reader that loops over the keys, beside the one that knows them by name, until both were seen to read the same.

import HostDefinition
import ServiceModel

extension ServiceReader {
    func readByKeys(name: String, file: String, text: [UInt8]) -> Result<ServiceDefinition, Faults> {
        var reading = Reading(host: host, handlers: configuration.settings.handlers, layer: .service, file: file)
        if !isServiceName(name) {
            reading.fault(
                SourcePosition(file: file, line: 1, column: 1),
                "the file's name makes \(quoted(name)) the service's; expected 1 to 32 of a-z, 0-9, _ and -, "
                    + "the first a letter or digit")
        }
        let definition = definitionByKeys(name, file, SourceText(text, file: file), &reading)
        guard let definition, reading.faults.isEmpty else { return .failure(Faults(reading.faults)) }
        return .success(definition)
    }

    /// nil only with a fault.
    private func definitionByKeys(
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
    /// Reads every key of a section into a service that says nothing.
    mutating func readService(of top: Section, into service: inout Service) {
        // First, because other keys name programs and paths that need not be there for a service that is switched off, and
        // that are inside of its root.
        read(Service.keys.filter { $0.name == "enabled" }, of: top, into: &service)
        isEnabled = service.isEnabled
        readRoot(of: top)
        if top["listen"] != nil {
            let faultsBefore = faults.count
            listeners = listen(of: top, in: file)
            listenersAreKnown = faults.count == faultsBefore
        }
        read(Service.keys.filter { $0.name != "enabled" }, of: top, into: &service)
    }

    /// A service listens somewhere, and has a handler unless it is a sensor.
    fileprivate mutating func requireKeys(of own: Section) {
        let start = SourcePosition(file: file, line: 1, column: 1)
        if own["listen"] == nil { fault(start, "'listen' is missing; expected \(Self.listenForms)") }
        if own["handler"] == nil, own["sensor"] == nil {
            fault(start, "'handler' is missing; expected \(Self.handlerForms)")
        }
    }
}

extension HostConfiguration {
    static func readByKeys(
        text: [UInt8], file: String, directory: String? = nil, handlers: String? = nil, host: Host
    ) throws(Faults) -> HostConfiguration {
        let top = try top(of: text, file: file)
        let directory = directory ?? directoryPart(of: file)
        var reading = Reading(host: host, handlers: "", layer: .defaults, file: file)
        reading.directory = directory
        reading.refuseUnknownKeys(of: top, known: topNames(of: HostSettings.keys) + ["defaults"])
        var settings = HostSettings()
        settings.services = joinPath(directory, settings.services)
        reading.read(HostSettings.keys, of: top, into: &settings)
        if let handlers { settings.handlers = handlers }

        var defaultsReading = Reading(host: host, handlers: settings.handlers, layer: .defaults, file: file)
        let defaults = defaultsReading.readDefaults(of: top)
        let faults = reading.faults + defaultsReading.faults
        guard faults.isEmpty else { throw Faults(faults) }
        return HostConfiguration(settings: settings, defaults: defaults)
    }
}

extension Reading {
    /// Reads `[defaults]` as if it were a service, for its faults; what counts is read again under each service.
    fileprivate mutating func readDefaults(of top: Section) -> [TOMLEntry] {
        guard let section = section("defaults", of: top, known: topNames(of: Service.keys)) else { return [] }
        for key in Service.keys where key.scope == .service {
            guard let entry = section[key.name] else { continue }
            fault(entry.position, "\(quoted(entry.key)) in [defaults]; expected it in each service's own file only")
        }
        let common = Section(
            title: section.title,
            entries: section.entries.filter { entry in
                Service.keys.contains { $0.scope != .service && [$0.name, $0.table].contains(entry.key) }
            })
        var service = Service(
            name: "", file: file, listen: [], handler: .none, identity: Identity(user: .dynamic))
        readService(of: common, into: &service)
        check(service, own: Section(title: "", entries: []), merged: common)
        checkTogether(&service, own: Section(title: "", entries: []), merged: common)
        return section.entries
    }
}
