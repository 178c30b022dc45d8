// Reads every file of a host: for the supervisor, at start and at each reload, and for the commands.
package import Configuration
package import HostDefinition
internal import LinuxSystem
internal import ServiceModel

extension HostDefinition {
    /// The largest file that is read, in bytes. Configuration has a smaller bound of its own, and its fault has a
    /// position.
    private static let mostBytes = 1 << 20

    /// Reads doorward.toml and every service file.
    ///
    /// Errors: a fault in doorward.toml, or a services directory that cannot be read. Without them nothing can be
    /// served.
    package static func read(_ options: PathChoices, on host: Host) throws(HostDefinitionError) -> HostDefinition {
        let configuration = try readHost(options, on: host, from: try here())
        var definitions = HostDefinition(settings: configuration.settings)
        definitions.stateOrigin = configuration.stateOrigin
        let directory = configuration.settings.services
        let names: [String]
        do throws(SystemError) {
            names = try Files.names(in: directory)
        } catch {
            throw HostDefinitionError(
                Problem(
                    .file(directory), key: "services", option: "--services", errno: error.errno.name,
                    message: "the services directory cannot be read: \(error)"))
        }
        let reader = ServiceReader(host: host, configuration: configuration)
        for file in names where file.hasSuffix(".toml") && !file.hasPrefix(".") {
            definitions.add(file: file, in: directory, by: reader)
        }
        return definitions
    }

    /// The state directory, for a request to the running supervisor. Other faults in doorward.toml do not matter.
    ///
    /// Errors: the directory is not known, because doorward.toml cannot be read or its `state` is at fault.
    package static func state(_ options: PathChoices, on host: Host) throws(HostDefinitionError) -> String {
        let here = try here()
        if let state = options.state { return absolute(state, from: here) }
        guard let file = options.configuration else { return HostSettings().state }
        let text = try text(of: file)
        do throws(Faults) {
            let state = try HostConfiguration.state(
                text: text, file: file, directory: directory(of: file, from: here), host: host)
            return absolute(state, from: here)
        } catch {
            let hint = Problem(nil, key: "state", option: "--state", message: "--state DIR says where, without it")
            throw HostDefinitionError(problems: error.all.map { Problem($0) } + [hint])
        }
    }

    private static func text(of file: String) throws(HostDefinitionError) -> [UInt8] {
        do throws(SystemError) {
            return try Files.read(file, most: mostBytes)
        } catch {
            throw HostDefinitionError(
                Problem(.file(file), errno: error.errno.name, message: "cannot be read: \(error)"))
        }
    }

    private static func directory(of file: String, from here: String) -> String {
        "/" + absolute(file, from: here).split(separator: "/").dropLast().joined(separator: "/")
    }

    private static func here() throws(HostDefinitionError) -> String {
        do throws(SystemError) {
            return try Files.currentDirectory()
        } catch {
            throw HostDefinitionError(
                Problem(nil, errno: error.errno.name, message: "the working directory cannot be read: \(error)"))
        }
    }

    private static func readHost(
        _ options: PathChoices, on host: Host, from here: String
    ) throws(HostDefinitionError) -> HostConfiguration {
        let handlers = options.handlers.map { absolute($0, from: here) }
        var configuration: HostConfiguration
        if let file = options.configuration {
            let text = try text(of: file)
            do throws(Faults) {
                configuration = try .read(
                    text: text, file: file, directory: directory(of: file, from: here), handlers: handlers, host: host)
            } catch {
                throw HostDefinitionError(problems: error.all.map { Problem($0) })
            }
        } else {
            configuration = HostConfiguration()
            if let handlers { configuration.settings.handlers = handlers }
        }
        // Messages show service files as the administrator spells their directory; the other paths become absolute.
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
            let fault = Fault(
                position: SourcePosition(file: path, line: 1, column: 1), errno: error.errno.name,
                message: "cannot be read: \(error)")
            add([fault], of: name)
            return
        }
        switch reader.read(name: name, file: path, text: text) {
        case .success(let definition):
            services[name] = definition
        case .failure(let found): add(found.all, of: name)
        }
    }
}
