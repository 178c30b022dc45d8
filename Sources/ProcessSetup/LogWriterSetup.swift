// What the supervisor gives to a new writer of the log. Its descriptor 2 is the log.
package import LinuxSystem
package import Sandbox
package import Wire

/// Everything that a writer of the log needs to start.
package struct LogWriterSetup: Hashable, Sendable {
    package var sandbox: SandboxPlan
    /// The writer's end of its channel with the supervisor.
    package var channel: ChildEnd.Numbers

    package init(sandbox: SandboxPlan, channel: ChildEnd.Numbers) {
        self.sandbox = sandbox
        self.channel = channel
    }
}

extension LogWriterSetup: SetupValue {
    package static let mark: Int64 = 0x4452_574c_4f47_3031  // "DRWLOG01"

    package func write(to writer: inout WireWriter) {
        writer.write(sandbox)
        writer.write(channel)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(sandbox: try reader.value(), channel: try reader.value())
    }
}
