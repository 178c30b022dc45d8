// What a supervisor says of itself and of its services at one moment.
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

/// What the gates of one service have counted, those of earlier definitions included.
package struct ServiceCounts: Hashable, Sendable {
    /// Connections that are served now.
    package var active = 0
    package var accepted = 0
    /// Handlers that ended with status 0.
    package var succeeded = 0
    /// Handlers that ended in any other way.
    package var failed = 0
    /// Programs that could not be started.
    package var unstarted = 0
    /// Refused by the block list.
    package var blocked = 0
    /// Refused by an access rule, or because none matches.
    package var denied = 0
    /// Refused because of `limits.per_source`.
    package var overLimit = 0
    /// Refused by a ban.
    package var banned = 0
    /// Touched a sensor.
    package var sensed = 0
    /// Refused because of `hours` or `max_load`.
    package var closed = 0
    /// Refused because of `limits.rate`.
    package var overRate = 0
    /// Connections that were refused, for whatever cause.
    package var refused: Int {
        blocked + denied + overLimit + banned + sensed + closed + overRate + noData + firstByte + earlyTalkers
            + proxyFaults + crowded + listed + checked + unchecked + drained
    }
    /// How often accepting paused for lack of resources.
    package var pauses = 0
    /// Connections that wait for their handlers now.
    package var waiting = 0
    /// Closed by the peer before its first byte.
    package var noData = 0
    /// Refused because of `first_byte`.
    package var firstByte = 0
    /// Refused because of `greet_delay`.
    package var earlyTalkers = 0
    /// Refused because of `proxy_protocol`.
    package var proxyFaults = 0
    /// Refused because of `limits.waiting`, for the sake of other sources.
    package var crowded = 0
    /// Refused by a DNS block list.
    package var listed = 0
    /// Let in although not every DNS block list has answered.
    package var unlisted = 0
    /// Refused by a check.
    package var checked = 0
    /// Refused because a check failed, or took too long.
    package var unchecked = 0
    /// Closed before their handlers were started, because the gate had to go.
    package var drained = 0

    package init() {}

    /// Every count with its key.
    fileprivate static var fields: [(key: String, path: WritableKeyPath<ServiceCounts, Int>)] {
        [
            ("active", \.active), ("accepted", \.accepted), ("succeeded", \.succeeded), ("failed", \.failed),
            ("unstarted", \.unstarted), ("blocked", \.blocked), ("denied", \.denied), ("over_limit", \.overLimit),
            ("banned", \.banned), ("sensed", \.sensed), ("closed", \.closed), ("over_rate", \.overRate),
            ("pauses", \.pauses), ("waiting", \.waiting), ("no_data", \.noData), ("first_byte", \.firstByte),
            ("early_talkers", \.earlyTalkers), ("proxy_header", \.proxyFaults), ("crowded", \.crowded),
            ("listed", \.listed), ("unlisted", \.unlisted), ("checked", \.checked), ("unchecked", \.unchecked),
            ("drained", \.drained),
        ]
    }

    /// The keys, in the order of the values.
    package static var names: [String] { fields.map(\.key) }

    package var values: [Int] { Self.fields.map { self[keyPath: $0.path] } }

    /// Those of another gate, added.
    package mutating func add(_ other: ServiceCounts) {
        for field in Self.fields { self[keyPath: field.path] += other[keyPath: field.path] }
    }
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

extension ServiceCounts: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(values) }

    package init(from reader: inout WireReader) throws(WireError) {
        let values = try reader.list(Int.self)
        guard values.count == Self.names.count else { throw WireError() }
        self.init()
        for (field, value) in zip(Self.fields, values) { self[keyPath: field.path] = value }
    }
}
