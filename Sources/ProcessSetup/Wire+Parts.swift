// Encodes the parts of setups.
internal import HostDefinition
package import LinuxSystem
package import Sandbox
internal import ServiceModel
package import Wire

/// The number of a descriptor.
extension Int32: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(Int64(self)) }

    package init(from reader: inout WireReader) throws(WireError) {
        self = try reader.number(Int32.self)
        guard self >= 0 else { throw WireError() }
    }
}

extension ChildEnd.Numbers: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(orders)
        writer.write(reports)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(orders: try reader.value(), reports: try reader.value())
    }
}

extension FrameChannel.Numbers: WireValue {
    package func write(to writer: inout WireWriter) {
        for number in all { writer.write(number) }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(reader: try reader.value(), writer: try reader.value())
    }
}

/// The identity goes as a number: the supervisor has looked it up. Everything else of the credentials is the service's.
extension SandboxPlan: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(service)
        writer.write(credentials.uid)
        writer.write(privilege == .root)
        writer.write(emptyNetwork)
        writer.write(group)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let service = try reader.value(Service.self)
        guard let credentials = Credentials(of: service, dynamicNumber: try reader.value()) else { throw WireError() }
        self.init(
            service: service, credentials: credentials, privilege: try reader.fact() ? .root : .ordinary,
            emptyNetwork: try reader.optional(), group: try reader.optional())
    }
}

extension WireReader {
    mutating func setting<Value: Setting>(_ type: Value.Type = Value.self) throws(WireError) -> Value {
        guard let value = Value(setting: try value(SettingValue.self)) else { throw WireError() }
        return value
    }
}
