// Services and whole definitions on their way to the supervisor.
internal import Addresses
package import ServiceModel
package import Wire

extension Identity: WireValue {
    package func write(to writer: inout WireWriter) {
        switch user {
        case .dynamic: writer.write(0)
        case .root: writer.write(1)
        case .account(let name, let uid):
            writer.write(2)
            writer.write(name)
            writer.write(uid)
        }
        writer.write(gid)
        writer.write(groups)
        writer.write(capabilities)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let user: User
        switch try reader.number() {
        case 0: user = .dynamic
        case 1: user = .root
        case 2: user = .account(name: try reader.text(), uid: try reader.value())
        default: throw WireError()
        }
        self.init(user: user, gid: try reader.optional(), groups: try reader.list(), capabilities: try reader.text())
    }
}

extension Service: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(file)
        writer.write(listen)
        writer.write(handler)
        writer.write(identity)
        writer.write(inputFilters)
        writer.write(outputFilters)
        writer.write(access)
        writer.write(admission)
        writer.write(environment)
        writer.write(standardError.rawValue)
        writer.write(directory)
        writer.write(umask)
        writer.write(Int64(nice))
        writer.write(limits)
        writer.write(socket)
        writer.write(sandbox)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(
            name: try reader.text(), file: try reader.text(), listen: try reader.list(), handler: try reader.value(),
            identity: try reader.value())
        inputFilters = try reader.list()
        outputFilters = try reader.list()
        access = try reader.list()
        admission = try reader.value()
        environment = try reader.list()
        guard let standardError = StandardError(rawValue: try reader.text()) else { throw WireError() }
        self.standardError = standardError
        directory = try reader.text()
        umask = try reader.value()
        nice = try reader.number(Int32.self)
        limits = try reader.value()
        socket = try reader.value()
        sandbox = try reader.value()
    }
}

extension ServiceDefinition.Listener: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(address)
        writer.write(position)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(address: try reader.value(), position: try reader.value())
    }
}

/// An entry of ``ServiceDefinition/origins``.
private struct Origin: WireValue {
    var key: String
    var position: SourcePosition

    init(key: String, position: SourcePosition) {
        self.key = key
        self.position = position
    }

    package func write(to writer: inout WireWriter) {
        writer.write(key)
        writer.write(position)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(key: try reader.text(), position: try reader.value())
    }
}

extension ServiceDefinition: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(service)
        writer.write(activation == .enabled)
        writer.write(listeners)
        writer.write(origins.sorted { $0.key < $1.key }.map { Origin(key: $0.key, position: $0.value) })
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(
            service: try reader.value(), activation: try reader.fact() ? .enabled : .disabled,
            listeners: try reader.list())
        for origin in try reader.list(Origin.self) {
            guard origins.updateValue(origin.position, forKey: origin.key) == nil else { throw WireError() }
        }
    }
}

extension Fault: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(position)
        writer.write(message)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(position: try reader.value(), message: try reader.text())
    }
}

extension HostSettings: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(services)
        writer.write(handlers)
        writer.write(state)
        writer.write(blockList)
        writer.write(sourcePrefix.v4)
        writer.write(sourcePrefix.v6)
        writer.write(kernelFilter)
        writer.write(exempt)
        writer.write(nameServers != nil)
        writer.write(nameServers ?? [])
        writer.write(drain)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        services = try reader.text()
        handlers = try reader.text()
        state = try reader.text()
        blockList = try reader.optional()
        sourcePrefix.v4 = try reader.value()
        sourcePrefix.v6 = try reader.value()
        kernelFilter = try reader.fact()
        exempt = try reader.list()
        let hasNameServers = try reader.fact()
        let nameServers = try reader.list(NameServer.self)
        guard hasNameServers != nameServers.isEmpty else { throw WireError() }
        self.nameServers = hasNameServers ? nameServers : nil
        drain = try reader.value()
    }
}

extension HostDefinition {
    private static let mark: Int64 = 0x4452_5744_4546_3031  // "DRWDEF01"

    /// The definitions as they travel.
    package var wire: [UInt8] {
        var writer = WireWriter()
        writer.write(Self.mark)
        writer.write(settings)
        writer.write(services.values.sorted { $0.service.name < $1.service.name })
        writer.write(broken.sorted())
        writer.write(faults)
        writer.write(Self.mark)
        return writer.bytes
    }

    /// Reads what ``wire`` wrote; nil when the bytes are anything else, or not all of it.
    package init?(wire: [UInt8]) {
        var reader = WireReader(wire)
        do throws(WireError) {
            guard try reader.number() == Self.mark else { return nil }
            self.init(settings: try reader.value())
            for definition in try reader.list(ServiceDefinition.self) {
                services[definition.service.name] = definition
            }
            broken = Set(try reader.list())
            faults = try reader.list()
            guard try reader.number() == Self.mark, reader.isAtEnd else { return nil }
        } catch {
            return nil
        }
    }
}
