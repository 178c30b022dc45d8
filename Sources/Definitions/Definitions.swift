// Everything that the files of a host say, read and checked: what a supervisor works from.
// Values only. ConfigurationFiles reads them; they travel to the supervisor as bytes (Wire.swift), because the process that
// is root and lives for months links no parser of files.
package import ServiceModel

/// What was read, sound and unsound.
package struct Definitions: Hashable, Sendable {
    package var settings: HostSettings
    /// The sound ones, disabled ones among them, by name.
    package var services: [String: ServiceDefinition] = [:]
    /// The names of those whose file is at fault.
    package var broken: Set<String> = []
    package var faults: [Fault] = []

    package init(settings: HostSettings) { self.settings = settings }

    /// Takes over what is running now for each broken file, then takes out whoever wants an address that another has.
    package mutating func settle(keeping running: [String: ServiceDefinition]) {
        for name in broken { services[name] = running[name] }
        for conflict in listenConflicts(among: services.values.sorted { $0.service.name < $1.service.name }) {
            faults.append(conflict)
            for (name, definition) in services where definition.service.file == conflict.position.file {
                broken.insert(name)
                services[name] = running[name]
            }
        }
    }
}

/// Why there is nothing to serve.
package struct DefinitionsError: Error, Hashable, Sendable {
    /// Each ready to be printed.
    package let lines: [String]

    package init(lines: [String]) { self.lines = lines }
}
