// What a supervisor says of itself and of its services at one moment.
package import Messages
package import Wire

/// The state of a supervisor.
package struct StatusReport: Hashable, Sendable {
    package var pid = 0
    /// Since its start.
    package var uptime: Duration = .zero
    /// What was skipped because it is not root; empty as root.
    package var skipped = ""
    /// What does not hold handlers back on this machine, a sentence each.
    package var unprotected: [String] = []
    package var blockListFile = ""
    package var blockListEntries = 0
    /// In force.
    package var bans = 0
    /// What the kernel's filter dropped, or why there is none: a sentence.
    package var kernelFilter = ""
    /// Whether that filter knows the bans, and the block list.
    package var kernelHasBans = false
    package var kernelHasBlockList = false
    /// Who asks DNS block lists, or why nobody does; empty: no service has any.
    package var resolver = ""
    package var isStopping = false
    /// Of the files as they were last read, a sentence each: what they say there is not in force.
    package var faults: [String] = []
    package var services: [ServiceStatus] = []

    package init() {}
}

/// The state of one service.
package struct ServiceStatus: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// A gate accepts.
        case serving
        /// A gate takes its sandbox on.
        case starting
        /// No gate could be started; another one will be.
        case failing
        /// Its gate accepts no more.
        case draining
    }

    package var name = ""
    package var file = ""
    package var state = State.starting
    package var listen: [String] = []
    /// Why its definition is not in force; empty when it is.
    package var problem = ""
    /// The gate's; 0 for none.
    package var gate = 0
    /// Since the gate was started.
    package var uptime: Duration = .zero
    /// The most connections at once.
    package var limit = 0
    package var counts = ServiceCounts()

    package init() {}
}

extension StatusReport: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(pid)
        writer.write(uptime)
        writer.write(skipped)
        writer.write(unprotected)
        writer.write(blockListFile)
        writer.write(blockListEntries)
        writer.write(bans)
        writer.write(kernelFilter)
        writer.write(kernelHasBans)
        writer.write(kernelHasBlockList)
        writer.write(resolver)
        writer.write(isStopping)
        writer.write(faults)
        writer.write(services)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        pid = try reader.value()
        uptime = try reader.value()
        skipped = try reader.text()
        unprotected = try reader.list()
        blockListFile = try reader.text()
        blockListEntries = try reader.value()
        bans = try reader.value()
        kernelFilter = try reader.text()
        kernelHasBans = try reader.fact()
        kernelHasBlockList = try reader.fact()
        resolver = try reader.text()
        isStopping = try reader.fact()
        faults = try reader.list()
        services = try reader.list()
    }
}

extension ServiceStatus: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(file)
        writer.write(state.rawValue)
        writer.write(listen)
        writer.write(problem)
        writer.write(gate)
        writer.write(uptime)
        writer.write(limit)
        writer.write(counts)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        name = try reader.text()
        file = try reader.text()
        guard let state = State(rawValue: try reader.text()) else { throw WireError() }
        self.state = state
        listen = try reader.list()
        problem = try reader.text()
        gate = try reader.value()
        uptime = try reader.value()
        limit = try reader.value()
        counts = try reader.value()
    }
}
