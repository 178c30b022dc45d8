// The values of ServiceModel on their way to the supervisor.
package import Addresses
package import ServiceModel
package import Wire

extension SourcePosition: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(file)
        writer.write(line)
        writer.write(column)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(file: try reader.text(), line: try reader.value(), column: try reader.value())
    }
}

extension ListenAddress: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(description) }

    package init(from reader: inout WireReader) throws(WireError) {
        guard let address = ListenAddress(try reader.text()) else { throw WireError() }
        self = address
    }
}

extension HandlerCommand: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(path)
        writer.write(arguments)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(path: try reader.text(), arguments: try reader.list())
    }
}

extension EnvironmentVariable: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(value)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(name: try reader.text(), value: try reader.text())
    }
}

extension AccessRule.Subject: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .all: writer.write(0)
        case .unix: writer.write(1)
        case .prefix(let prefix):
            writer.write(2)
            writer.write(prefix)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .all
        case 1: self = .unix
        case 2: self = .prefix(try reader.value())
        default: throw WireError()
        }
    }
}

extension AccessRule: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(verdict == .allow)
        writer.write(subject)
        writer.write(environment)
        writer.write(handler)
        writer.write(refusal)
        writer.write(position)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(
            verdict: try reader.fact() ? .allow : .deny, subject: try reader.value(), environment: try reader.list(),
            handler: try reader.optional(), refusal: try reader.optional(), position: try reader.value())
    }
}

extension Bytes: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(Int64(bitPattern: count)) }
    package init(from reader: inout WireReader) throws(WireError) { self.init(UInt64(bitPattern: try reader.number())) }
}

extension Limit: WireValue where Value: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .unlimited: writer.write(Value?.none)
        case .at(let value): writer.write(Value?.some(value))
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self = try reader.optional(Value.self).map { .at($0) } ?? .unlimited
    }
}

extension Limits: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(connections)
        writer.write(perSource)
        writer.write(lifetime)
        writer.write(files)
        writer.write(processes)
        writer.write(memory)
        writer.write(cpu)
        writer.write(core)
        writer.write(fileSize)
        writer.write(totalMemory)
        writer.write(rate)
        writer.write(totalRate)
        writer.write(waiting)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        connections = try reader.value()
        perSource = try reader.value()
        lifetime = try reader.value()
        files = try reader.value()
        processes = try reader.optional()
        memory = try reader.value()
        cpu = try reader.value()
        core = try reader.value()
        fileSize = try reader.value()
        totalMemory = try reader.value()
        rate = try reader.value()
        totalRate = try reader.value()
        waiting = try reader.optional()
    }
}

extension SocketOptions: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(Int64(backlog))
        writer.write(isNoDelay)
        writer.write(isKeepAlive)
        writer.write(owner)
        writer.write(group)
        writer.write(mode)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        backlog = try reader.number(Int32.self)
        isNoDelay = try reader.fact()
        isKeepAlive = try reader.fact()
        owner = try reader.optional()
        group = try reader.optional()
        mode = try reader.value()
    }
}
