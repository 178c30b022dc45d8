// What the supervisor gives to a new resolver.
package import Addresses
internal import HostDefinition
package import LinuxSystem
package import Sandbox
internal import ServiceModel
package import Wire

/// Everything that a resolver needs to start.
package struct ResolverSetup: Hashable, Sendable {
    package var sandbox: SandboxPlan
    /// nil: the servers that /etc/resolv.conf names.
    package var servers: [NameServer]?
    /// The resolver's end of its channel with the supervisor.
    package var channel: ChildEnd.Numbers

    package init(sandbox: SandboxPlan, servers: [NameServer]?, channel: ChildEnd.Numbers) {
        self.sandbox = sandbox
        self.servers = servers
        self.channel = channel
    }
}

extension ResolverSetup: SetupValue {
    package static let mark: Int64 = 0x4452_5752_4553_3031  // "DRWRES01"

    package func write(to writer: inout WireWriter) {
        writer.write(sandbox)
        writer.write(servers.setting)
        writer.write(channel)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(sandbox: try reader.value(), servers: try reader.setting(), channel: try reader.value())
    }
}
