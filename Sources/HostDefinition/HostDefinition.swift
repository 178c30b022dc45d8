// Everything that the files of a host say, read and checked: what a supervisor works from.
// Values only. ConfigurationLoader reads them; they travel to the supervisor as bytes (Wire.swift), because the process that
// is root and lives for months links no parser of files.
package import ServiceModel

/// What was read, sound and unsound.
package struct HostDefinition: Hashable, Sendable {
    package var settings: HostSettings
    /// The sound ones, disabled ones among them, by name.
    package var services: [String: ServiceDefinition] = [:]
    /// The names of those whose file is at fault.
    package var broken: Set<String> = []
    package var faults: [Fault] = []

    package init(settings: HostSettings) { self.settings = settings }

    /// Takes over what is running now for each broken file, then takes out whoever wants an address that another has.
    ///
    /// Who runs and did not change comes first, then who changed, then who is new: an address stays with its owner. Who
    /// is taken out falls back to what runs, and so may stand in another's way; hence the rounds. Each of them takes out
    /// at least one, and two services are never left with one socket.
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
