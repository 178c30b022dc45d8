// Encodes services and whole host definitions for the way to the supervisor.
internal import Addresses
package import ServiceModel
package import Wire

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
        writer.write(listeners.map(\.position))
        writer.write(origins.sorted { $0.key < $1.key }.map { Origin(key: $0.key, position: $0.value) })
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let service = try reader.value(Service.self)
        let positions = try reader.list(SourcePosition.self)
        guard positions.count == service.listen.count else { throw WireError() }
        self.init(
            service: service, activation: service.isEnabled ? .enabled : .disabled,
            listeners: zip(service.listen, positions).map { Listener(address: $0, position: $1) })
        for origin in try reader.list(Origin.self) {
            guard origins.updateValue(origin.position, forKey: origin.key) == nil else { throw WireError() }
        }
    }
}

extension Fault: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(position)
        writer.write(key)
        writer.write(errno)
        writer.write(message)
        writer.write(service)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(
            position: try reader.value(), key: try reader.optional(), errno: try reader.optional(),
            message: try reader.text())
        service = try reader.optional()
    }
}

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

extension HostDefinition {
    private static let mark: Int64 = 0x4452_5744_4546_3031  // "DRWDEF01"

    /// The definition, encoded.
    package var wire: [UInt8] {
        var writer = WireWriter()
        writer.write(Self.mark)
        writer.write(settings)
        writer.write(stateOrigin)
        writer.write(services.values.sorted { $0.service.name < $1.service.name })
        writer.write(broken.sorted())
        writer.write(faults)
        writer.write(Self.mark)
        return writer.bytes
    }

    /// Reads the bytes that ``wire`` wrote; nil for any other bytes, a part of them too.
    package init?(wire: [UInt8]) {
        var reader = WireReader(wire)
        do throws(WireError) {
            guard try reader.number() == Self.mark else { return nil }
            self.init(settings: try reader.value())
            stateOrigin = try reader.optional()
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
