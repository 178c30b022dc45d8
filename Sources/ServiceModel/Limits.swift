// The limits of a service: `[limits]`.
package import Tables

/// A limit, or none.
package enum Limit<Value: Hashable & Sendable>: Hashable, Sendable {
    case unlimited
    case at(Value)
}

/// A number of bytes.
package struct Bytes: Hashable, Sendable {
    package var count: UInt64

    package init(_ count: UInt64) {
        self.count = count
    }

    package static func mebibytes(_ count: UInt64) -> Bytes { Bytes(count << 20) }
}

/// The limits of one service. The defaults are those of a service file without `[limits]`.
package struct Limits: Hashable, Sendable {
    /// Handlers at once; further connections wait in the listen queue. 1 to ``mostConnections``.
    package var connections = 100
    /// The most connections that wait in the gate before their handlers are started; further ones wait in the listen
    /// queue. 1 to ``mostConnections``. nil when the file does not set it: then ``standardWaiting`` for a service with
    /// a pre-connection phase, and 0 for a service without one.
    package var waiting: Int?
    package static let standardWaiting = 1000
    /// Handlers at once per source, pending connections included; further connections are refused.
    package var perSource: Limit<Int> = .at(10)
    /// Connections of a source in a time; further ones are refused.
    package var rate: Limit<Rate> = .unlimited
    /// Connections to the service in a time; further ones wait in the listen queue.
    package var totalRate: Limit<Rate> = .unlimited
    /// How long a handler may run.
    package var lifetime: Limit<Duration> = .at(.seconds(3600))
    /// Open descriptors of a handler (RLIMIT_NOFILE).
    package var files: Limit<Int> = .at(256)
    /// Processes of the service's user (RLIMIT_NPROC). nil when the file does not set it: then ``standardProcesses``,
    /// but no limit without root, where the kernel would count every process of the user that started Doorward.
    package var processes: Limit<Int>?
    package static let standardProcesses = 512
    /// Address space of a handler (RLIMIT_AS).
    package var memory: Limit<Bytes> = .at(.mebibytes(512))
    /// Processor time of a handler (RLIMIT_CPU); whole seconds.
    package var cpu: Limit<Duration> = .unlimited
    /// Core file (RLIMIT_CORE).
    package var core: Limit<Bytes> = .at(Bytes(0))
    /// The largest file that a handler may write (RLIMIT_FSIZE).
    package var fileSize: Limit<Bytes> = .at(.mebibytes(1024))

    /// Memory of all processes of the service together (cgroup v2, memory.max), if the cgroup has the memory
    /// controller.
    package var totalMemory: Limit<Bytes> = .at(.mebibytes(1024))

    /// The limit of processes, by the file or by default.
    package var processesOrStandard: Limit<Int> { processes ?? .at(Self.standardProcesses) }

    package static let mostConnections = 16384
    /// As many descriptors as the kernel lets a process have by default (fs.nr_open).
    package static let mostFiles = 1 << 20
    /// As many processes as the kernel has numbers for on 64 bits (pid_max).
    package static let mostProcesses = 1 << 22

    package init() {}
}

extension Limits {
    /// The keys of `[limits]`.
    package static var keys: [Key<Limits>] {
        let counts = Form.count(1...mostConnections)
        let burst = Form.count(1...Int(Rate.mostBurst))
        return [
            Key("connections", \.connections, counts, remark: " at once"),
            Key("per_source", \.perSource, .orUnlimited(counts), remark: " at once"),
            Key("lifetime", \.lifetime, .orUnlimited(.duration(.moreThanZero)), remark: ", then TERM and KILL"),
            // A handler needs descriptors 0, 1 and 2.
            Key("files", \.files, .orUnlimited(.count(3...mostFiles))),
            Key("processes", \.processes, .orUnlimited(.count(1...mostProcesses))),
            Key("memory", \.memory, .orUnlimited(.size(.moreThanZero))),
            // The kernel counts processor time in seconds. Source: setrlimit(2).
            Key("cpu", \.cpu, .orUnlimited(.duration(.wholeSeconds))),
            Key("core", \.core, .orUnlimited(.size(.any))),
            Key("file_size", \.fileSize, .orUnlimited(.size(.any))),
            Key(
                "total_memory", \.totalMemory, .orUnlimited(.size(.moreThanZero)),
                remark: ", where the cgroup has the controller"),
            Key("rate", \.rate, .orUnlimited(.rate), remark: " for each source"),
            Key("burst", \.burst, burst, .common, .needs("limits.rate")),
            Key("total_rate", \.totalRate, .orUnlimited(.rate), remark: ", further connections wait"),
            Key("total_burst", \.totalBurst, burst, .common, .needs("limits.total_rate")),
            Key("waiting", \.waiting, counts, remark: " at once in the gate"),
        ]
    }

    /// How many connections of ``rate`` may come at once; nil: as many as in its period.
    package var burst: Int? {
        get { rate.burst }
        set { rate.burst = newValue }
    }

    /// How many connections of ``totalRate`` may come at once; nil: as many as in its period.
    package var totalBurst: Int? {
        get { totalRate.burst }
        set { totalRate.burst = newValue }
    }
}

extension Limit<Rate> {
    /// nil when it is the default burst of the rate. Setting it changes nothing when there is no rate.
    fileprivate var burst: Int? {
        get {
            if case .at(let rate) = self { Int(rate.burst) } else { nil }
        }
        set {
            guard case .at(let rate) = self,
                let changed = Rate(count: rate.count, period: rate.period, burst: newValue.map(Int64.init))
            else { return }
            self = .at(changed)
        }
    }
}
