// Everything that the files of a host say, read and checked: what a supervisor works from.
// Values only. ConfigurationLoader reads the files in a process of its own, and the values travel to the supervisor as
// bytes (Wire+HostDefinition.swift): the supervisor runs as root for months, and so links no parser of files.
package import ServiceModel

/// The definitions of a host's services, its settings, and the faults in its files.
package struct HostDefinition: Hashable, Sendable {
    package var settings: HostSettings
    /// The place of `state`, which cannot change while a supervisor runs; nil for the default.
    package var stateOrigin: SourcePosition?
    /// The services without faults, by name; disabled ones too.
    package var services: [String: ServiceDefinition] = [:]
    /// The names of the services with a faulty file.
    package var broken: Set<String> = []
    package var faults: [Fault] = []

    package init(settings: HostSettings) { self.settings = settings }

    /// Adds the faults because of which a service is not served as its file says.
    package mutating func add(_ found: [Fault], of service: String) {
        broken.insert(service)
        faults += found.map { fault in
            var fault = fault
            fault.service = service
            return fault
        }
    }

    /// Keeps the running definition for each broken file, then removes each service that wants a taken address.
    ///
    /// An address stays with its owner: a running service that did not change has the first claim, then one that
    /// changed, then a new one. A service that is removed falls back to its running definition, which may conflict with
    /// another service; hence the rounds. Each round removes at least one definition, and two services never share an
    /// address.
    package mutating func settle(keeping running: [String: ServiceDefinition]) {
        for name in broken { services[name] = running[name] }
        while true {
            let ranked = services.map { name, definition in
                let rank = running[name] == nil ? 2 : running[name] == definition ? 0 : 1
                return (rank: rank, name: name, definition: definition)
            }
            let conflicts = listenConflicts(
                among: ranked.sorted { ($0.rank, $0.name) < ($1.rank, $1.name) }.map(\.definition))
            if conflicts.isEmpty { return }
            faults += conflicts
            let files = Set(conflicts.map(\.position.file))
            for (rank, name, definition) in ranked where files.contains(definition.service.file) {
                broken.insert(name)
                services[name] = rank == 0 ? nil : running[name]
            }
        }
    }
}
