// What the supervisor gives to a new gate: its own service's definition, and the numbers of its descriptors.
package import Addresses
internal import HostDefinition
package import LinuxSystem
package import Sandbox
package import ServiceModel
package import Wire

/// The values that a gate starts with. Every number is one of the gate's own descriptors.
package struct GateSetup: Hashable, Sendable {
    /// A listening socket and the address that it is bound to.
    package struct BoundListener: Hashable, Sendable {
        package let number: Int32
        package let bound: ListenAddress

        package init(number: Int32, bound: ListenAddress) {
            self.number = number
            self.bound = bound
        }
    }

    package var sandbox: SandboxPlan
    package var sourcePrefix: SourcePrefix
    package var listeners: [BoundListener]
    /// The gate's end of its channel with the supervisor.
    package var channel: ChildEnd.Numbers
    /// The path of the block list, as the log shows it.
    package var blockListFile: String
    /// The descriptor of the block list's memory.
    package var blockListNumber: Int32
    /// The descriptor of the bans' memory.
    package var bansNumber: Int32
    /// The descriptor of the memory in which the gate counts.
    package var countersNumber: Int32
    /// The gate's end of its channel to the resolver; nil if the service has no lists.
    package var resolver: FrameChannel.Numbers?

    package var service: Service { sandbox.service }

    package init(
        sandbox: SandboxPlan, sourcePrefix: SourcePrefix, listeners: [BoundListener], channel: ChildEnd.Numbers,
        blockListFile: String, blockListNumber: Int32, bansNumber: Int32, countersNumber: Int32,
        resolver: FrameChannel.Numbers? = nil
    ) {
        self.sandbox = sandbox
        self.sourcePrefix = sourcePrefix
        self.listeners = listeners
        self.channel = channel
        self.blockListFile = blockListFile
        self.blockListNumber = blockListNumber
        self.bansNumber = bansNumber
        self.countersNumber = countersNumber
        self.resolver = resolver
    }
}

extension GateSetup: SetupValue {
    package static let mark: Int64 = 0x4452_5747_4154_3031  // "DRWGAT01"

    package func write(to writer: inout WireWriter) {
        writer.write(sandbox)
        writer.write(sourcePrefix.v4)
        writer.write(sourcePrefix.v6)
        writer.write(listeners.map(\.number))
        writer.write(listeners.map(\.bound).setting)
        writer.write(channel)
        writer.write(blockListFile)
        writer.write(blockListNumber)
        writer.write(bansNumber)
        writer.write(countersNumber)
        writer.write(resolver)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let sandbox = try reader.value(SandboxPlan.self)
        var prefix = SourcePrefix()
        (prefix.v4, prefix.v6) = (try reader.value(), try reader.value())
        guard (0...32).contains(prefix.v4), (0...128).contains(prefix.v6) else { throw WireError() }
        let numbers = try reader.list(Int32.self)
        let addresses: [ListenAddress] = try reader.setting()
        guard numbers.count == addresses.count else { throw WireError() }
        self.init(
            sandbox: sandbox, sourcePrefix: prefix,
            listeners: zip(numbers, addresses).map { BoundListener(number: $0, bound: $1) },
            channel: try reader.value(), blockListFile: try reader.text(), blockListNumber: try reader.value(),
            bansNumber: try reader.value(), countersNumber: try reader.value(), resolver: try reader.optional())
    }
}
