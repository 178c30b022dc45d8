// The state of a supervisor and of its services at one moment.
package import HostDefinition
package import Messages
package import Sandbox
package import Wire

/// The state of a supervisor.
package struct StatusReport: Hashable, Sendable {
    package var pid = 0
    /// The time since the supervisor started.
    package var uptime: Duration = .zero
    /// The steps that were skipped without root; empty as root.
    package var skipped: [RootStep] = []
    /// What the kernel does not restrict.
    package var limitations: [LandlockLimitation] = []
    /// The reason why the number and the memory of a service's processes are not limited; nil: they are.
    package var controlGroups: ControlGroupLimitation?
    /// The file of the block list; nil: there is none.
    package var blockListFile: String?
    package var blockListEntries = 0
    /// The number of bans in force.
    package var bans = 0
    package var kernelFilter = KernelFilterStatus.off
    package var resolver = ResolverStatus.unused
    package var isStopping = false
    /// The faults of the last reading of the files: what a file says at such a place is not in force.
    package var faults: [Problem] = []
    package var services: [ServiceStatus] = []

    package init() {}
}

/// The reason why control groups do not limit what a service uses.
package enum ControlGroupLimitation: Hashable, Sendable {
    /// The machine has no control group for the supervisor.
    case noGroups
    case missing(ControlGroups.MissingControllers)
}

/// The state of one service.
package struct ServiceStatus: Hashable, Sendable {
    package enum State: String, Hashable, Sendable, CaseIterable {
        /// A gate accepts connections.
        case serving
        /// Its gate gives no sign of life; another one takes its place.
        case silent
        /// A gate prepares, and enters its sandbox.
        case starting
        /// No gate could be started; the supervisor will start another one.
        case failing
        /// Its gate accepts no more connections.
        case draining
    }

    package var name = ""
    package var file = ""
    package var state = State.starting
    package var listen: [String] = []
    /// The reason why no gate serves its definition; nil when one does, or when that is not known yet.
    package var failure: ServiceProblem?
    /// The faults because of which its file, as last read, is not in force; ``StatusReport/faults`` has them too.
    package var faults: [Problem] = []
    /// The time until the supervisor starts a gate again; nil: it does not plan to.
    package var retryIn: Duration?
    /// The pid of the gate; 0 when there is none.
    package var gate = 0
    /// The time since the gate was started.
    package var uptime: Duration = .zero
    /// The most connections at once.
    package var limit = 0
    package var counts = ServiceCounts()
    /// The gates of former definitions, with connections that go on.
    package var draining: [DrainingGate] = []

    /// A gate that accepts no more connections.
    package struct DrainingGate: Hashable, Sendable {
        package var pid: Int
        package var active: Int
        /// The time since the gate was started.
        package var uptime: Duration

        package init(pid: Int, active: Int, uptime: Duration) {
            self.pid = pid
            self.active = active
            self.uptime = uptime
        }
    }

    package init() {}

    /// The reason why its file is not in force: that no gate serves, or else the first fault of the file; nil when it
    /// is, or when that is not known yet.
    package var problem: ServiceProblem? {
        failure ?? faults.first.map { ServiceProblem($0, isOldInForce: state == .serving) }
    }
}

extension StatusReport: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(pid)
        writer.write(uptime)
        writer.write(words: skipped)
        writer.write(words: limitations)
        writer.write(controlGroups)
        writer.write(blockListFile)
        writer.write(blockListEntries)
        writer.write(bans)
        writer.write(kernelFilter)
        writer.write(resolver)
        writer.write(isStopping)
        writer.write(faults)
        writer.write(services)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        pid = try reader.value()
        uptime = try reader.value()
        skipped = try reader.words()
        limitations = try reader.words()
        controlGroups = try reader.optional()
        blockListFile = try reader.optional()
        blockListEntries = try reader.value()
        bans = try reader.value()
        kernelFilter = try reader.value()
        resolver = try reader.value()
        isStopping = try reader.fact()
        faults = try reader.list()
        services = try reader.list()
    }
}

extension ControlGroupLimitation: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .noGroups: writer.write(0)
        case .missing(.absent(let controllers)):
            writer.write(1)
            writer.write(words: controllers)
        case .missing(.refused(let directory, let error)):
            writer.write(2)
            writer.write(directory)
            writer.write(error: error)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .noGroups
        case 1: self = .missing(.absent(try reader.words()))
        case 2: self = .missing(.refused(directory: try reader.text(), try reader.error()))
        default: throw WireError()
        }
    }
}

extension ServiceStatus: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(name)
        writer.write(file)
        writer.write(word: state)
        writer.write(listen)
        writer.write(failure)
        writer.write(faults)
        writer.write(retryIn)
        writer.write(gate)
        writer.write(uptime)
        writer.write(limit)
        writer.write(counts)
        writer.write(draining)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        name = try reader.text()
        file = try reader.text()
        state = try reader.word()
        listen = try reader.list()
        failure = try reader.optional()
        faults = try reader.list()
        retryIn = try reader.optional()
        gate = try reader.value()
        uptime = try reader.value()
        limit = try reader.value()
        counts = try reader.value()
        draining = try reader.list()
    }
}

extension ServiceStatus.DrainingGate: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(pid)
        writer.write(active)
        writer.write(uptime)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(pid: try reader.value(), active: try reader.count(), uptime: try reader.value())
    }
}
