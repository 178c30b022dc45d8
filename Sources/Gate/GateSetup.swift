// What the supervisor hands to a gate at its birth.
package import Addresses
package import LinuxSystem
package import Sandbox
package import ServiceModel

/// Everything that a gate is made from. The descriptors belong to the supervisor, whose memory the gate is a copy of.
package struct GateSetup: Sendable {
    /// A listening socket and what it is bound to.
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
    /// The gate's end of the message channel.
    package var channel: Int32
    /// As it is shown in the log.
    package var blockListFile: String
    /// The descriptor of the block list's memory.
    package var blockListNumber: Int32
    /// The descriptor of the bans' memory.
    package var bansNumber: Int32
    /// The gate's end of its channel to the resolver; nil when it has nothing to ask.
    package var resolver: Int32?
    /// Where the gate counts.
    package var counters: SharedCounters

    package var service: Service { sandbox.service }

    package init(
        sandbox: SandboxPlan, sourcePrefix: SourcePrefix, listeners: [BoundListener], channel: Int32,
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
