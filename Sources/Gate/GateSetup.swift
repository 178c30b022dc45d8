// What the supervisor passes to a new gate.
package import Addresses
package import LinuxSystem
package import Sandbox
package import ServiceModel

/// The values and descriptors that a gate starts with. The gate gets both as a copy of the supervisor's memory by fork.
package struct GateSetup: Sendable {
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
    /// The gate's end of its channel to the resolver; nil if the service has no lists.
    package var resolver: FrameChannel.Numbers?
    /// The memory in which the gate counts.
    package var counters: SharedCounters

    package var service: Service { sandbox.service }

    package init(
        sandbox: SandboxPlan, sourcePrefix: SourcePrefix, listeners: [BoundListener], channel: ChildEnd.Numbers,
        blockListFile: String, blockListNumber: Int32, bansNumber: Int32, counters: SharedCounters
    ) {
        self.sandbox = sandbox
        self.sourcePrefix = sourcePrefix
        self.listeners = listeners
        self.channel = channel
        self.blockListFile = blockListFile
        self.blockListNumber = blockListNumber
        self.bansNumber = bansNumber
        self.counters = counters
    }
}
