// What a service's sandbox is told, on its way to the supervisor.
package import ServiceModel
package import Wire

extension SocketFamily: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(rawValue) }

    package init(from reader: inout WireReader) throws(WireError) {
        guard let family = SocketFamily(rawValue: try reader.text()) else { throw WireError() }
        self = family
    }
}

extension SeccompMode: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(rawValue) }

    package init(from reader: inout WireReader) throws(WireError) {
        guard let mode = SeccompMode(rawValue: try reader.text()) else { throw WireError() }
        self = mode
    }
}

extension LandlockMode: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(rawValue) }

    package init(from reader: inout WireReader) throws(WireError) {
        guard let mode = LandlockMode(rawValue: try reader.text()) else { throw WireError() }
        self = mode
    }
}

extension SystemCallChange: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(effect == .allow)
        writer.write(name)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(try reader.fact() ? .allow : .refuse, try reader.text())
    }
}

extension FileLists: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(read)
        writer.write(write)
        writer.write(execute)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        read = try reader.list()
        write = try reader.list()
        execute = try reader.list()
    }
}

extension SandboxSettings: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(network.sorted { $0.rawValue < $1.rawValue })
        writer.write(seccomp)
        writer.write(systemCalls)
        writer.write(landlock)
        writer.write(files)
        writer.write(privateTemporary)
        writer.write(root)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        for family in try reader.list(SocketFamily.self) {
            guard network.insert(family).inserted else { throw WireError() }
        }
        seccomp = try reader.value()
        systemCalls = try reader.list()
        landlock = try reader.value()
        files = try reader.value()
        privateTemporary = try reader.optional()
        root = try reader.optional()
    }
}
