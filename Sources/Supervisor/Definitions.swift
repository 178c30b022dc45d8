// Everything that the files say, read in one go: by `run` at start and at each reload, and by `check`.
package import Configuration
internal import LinuxSystem
package import ServiceModel

/// What was read, sound and unsound.
package struct Definitions: Sendable {
    package var settings: HostSettings
    /// The sound ones, disabled ones among them, by name.
    package var services: [String: ServiceDefinition] = [:]
    /// The names of those whose file is at fault.
    package var broken: Set<String> = []
    package var faults: [Fault] = []

    /// The largest file that is read, in bytes. Configuration has its own, smaller, bound and says so with a position.
    private static let mostBytes = 1 << 20

    /// Reads doorward.toml and every service file.
    ///
    /// Errors: faults for which nothing can be served at all: doorward.toml, or a services directory that is not there.
    package static func read(_ options: SupervisorOptions, on host: Host) throws(DefinitionsError) -> Definitions {
        let here: String
        do throws(SystemError) {
            here = try Files.currentDirectory()
        } catch {
            throw DefinitionsError(lines: ["the working directory cannot be read: \(error)"])
        }
        let configuration = try readHost(options, on: host, from: here)
        var definitions = Definitions(settings: configuration.settings)
        let directory = configuration.settings.services
        let names: [String]
        do throws(SystemError) {
            names = try Files.names(in: directory)
        } catch {
            throw DefinitionsError(
                lines: ["\(directory): error: the services directory cannot be read: \(error) [services, --services]"])
        }
        let reader = ServiceReader(host: host, configuration: configuration)
        for file in names where file.hasSuffix(".toml") && !file.hasPrefix(".") {
            definitions.add(file: file, in: directory, by: reader)
        }
        return definitions
    }

    private static func readHost(
        _ options: SupervisorOptions, on host: Host, from here: String
    ) throws(DefinitionsError) -> HostConfiguration {
        let handlers = options.handlers.map { absolute($0, from: here) }
        var configuration: HostConfiguration
        if let file = options.configuration {
            let text: [UInt8]
            do throws(SystemError) {
                text = try Files.read(file, most: mostBytes)
            } catch {
                throw DefinitionsError(lines: ["\(file): error: cannot be read: \(error)"])
            }
            do throws(Faults) {
                let parent = absolute(file, from: here).split(separator: "/").dropLast().joined(separator: "/")
                configuration = try .read(
                    text: text, file: file, directory: "/" + parent, handlers: handlers, host: host)
            } catch {
                throw DefinitionsError(lines: error.all.map(\.description))
            }
        } else {
            configuration = HostConfiguration()
            if let handlers { configuration.settings.handlers = handlers }
        }
        // Service files are shown as the administrator spells their directory; everything else is made absolute.
        if let services = options.services { configuration.settings.services = services }
        if let state = options.state { configuration.settings.state = state }
        configuration.settings.state = absolute(configuration.settings.state, from: here)
        return configuration
    }

    private static func absolute(_ path: String, from here: String) -> String {
        path.hasPrefix("/") ? path : here + "/" + path
    }

    private mutating func add(file: String, in directory: String, by reader: ServiceReader) {
        let name = String(file.dropLast(5))
        let path = directory.hasSuffix("/") ? directory + file : "\(directory)/\(file)"
        let text: [UInt8]
        do throws(SystemError) {
            text = try Files.read(path, most: Self.mostBytes)
        } catch {
            broken.insert(name)
            faults.append(
                Fault(position: SourcePosition(file: path, line: 1, column: 1), message: "cannot be read: \(error)"))
            return
        }
        switch reader.read(name: name, file: path, text: text) {
        case .success(let definition):
            services[name] = definition
        case .failure(let found):
            broken.insert(name)
            faults += found.all
        }
    }

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

/// Why there is nothing to serve; each line is ready to be printed.
package struct DefinitionsError: Error, Hashable {
    package let lines: [String]
}
