// The keys of `[limits]`.

import ServiceModel
internal import Tables

/// As many descriptors as the kernel lets a process have by default (fs.nr_open).
private let mostFiles = 1 << 20
/// As many processes as the kernel has numbers for on 64 bits (pid_max).
private let mostProcesses = 1 << 22

extension Reading {
    /// What `[limits]` says, over the limits of a service that says nothing.
    mutating func limits(of top: Section) -> Limits {
        var limits = Limits()
        guard let section = section("limits", of: top, known: KnownKeys.limits) else { return limits }
        let counts = 1...Limits.mostConnections
        read("connections", of: section, into: &limits.connections) { $0.integer($1, in: counts) }
        read("waiting", of: section, into: &limits.waiting) { $0.integer($1, in: counts) }
        read("per_source", of: section, into: &limits.perSource) { $0.count($1, in: counts) }
        read("lifetime", of: section, into: &limits.lifetime) { $0.lifetime($1) }
        // Descriptors 0, 1 and 2 are what a handler is.
        read("files", of: section, into: &limits.files) { $0.count($1, in: 3...mostFiles) }
        read("processes", of: section, into: &limits.processes) { $0.count($1, in: 1...mostProcesses) }
        read("memory", of: section, into: &limits.memory) { $0.memory($1) }
        read("cpu", of: section, into: &limits.cpu) { $0.processorTime($1) }
        read("core", of: section, into: &limits.core) { reading, entry in
            reading.limit(entry) { $0.size($1) }
        }
        read("file_size", of: section, into: &limits.fileSize) { reading, entry in
            reading.limit(entry) { $0.size($1) }
        }
        limits.rate = rate("rate", burst: "burst", of: section)
        limits.totalRate = rate("total_rate", burst: "total_burst", of: section)
        read("total_memory", of: section, into: &limits.totalMemory) { $0.memory($1) }
        return limits
    }

    /// `"unlimited"`, or what the reader takes.
    private mutating func limit<Value>(
        _ entry: TOMLEntry, by reader: (inout Reading, TOMLEntry) -> Value?
    ) -> Limit<Value>? {
        if case .string("unlimited") = entry.value.content { return .unlimited }
        return reader(&self, entry).map { .at($0) }
    }

    private mutating func count(_ entry: TOMLEntry, in range: ClosedRange<Int>) -> Limit<Int>? {
        limit(entry) { reading, entry in
            guard case .string(let text) = entry.value.content else { return reading.integer(entry, in: range) }
            reading.fault(
                entry.value.position,
                "\(quoted(entry.key)) is the string \(quoted(text)); expected an integer from \(range.lowerBound) to "
                    + "\(range.upperBound) without quotes, or \"unlimited\"")
            return nil
        }
    }

    /// A rate, and how many may come at once.
    private mutating func rate(_ key: String, burst burstKey: String, of section: Section) -> Limit<Rate> {
        guard let entry = section[key], let rate = limit(entry, by: { $0.rate($1) }), case .at(let rate) = rate else {
            if let burst = section[burstKey], burst.position.file == file, section[key] == nil {
                fault(burst.position, "\(quoted(burstKey)) does nothing without \(quoted(key)); expected both")
            }
            return .unlimited
        }
        var burst: Int?
        read(burstKey, of: section, into: &burst) { $0.integer($1, in: 1...Int(Rate.mostBurst)) }
        guard let burst else { return .at(rate) }
        return .at(Rate(count: rate.count, period: rate.period, burst: Int64(burst)) ?? rate)
    }

    private mutating func lifetime(_ entry: TOMLEntry) -> Limit<Duration>? {
        let limit = limit(entry) { $0.duration($1) }
        guard limit != .at(.zero) else {
            fault(entry.value.position, "\(quoted(entry.key)) is no time at all; expected more, or \"unlimited\"")
            return nil
        }
        return limit
    }

    private mutating func memory(_ entry: TOMLEntry) -> Limit<Bytes>? {
        let limit = limit(entry) { $0.size($1) }
        guard limit != .at(Bytes(0)) else {
            fault(entry.value.position, "\(quoted(entry.key)) is no memory at all; expected more, or \"unlimited\"")
            return nil
        }
        return limit
    }

    /// The kernel counts processor time in seconds. Source: setrlimit(2).
    private mutating func processorTime(_ entry: TOMLEntry) -> Limit<Duration>? {
        let limit = limit(entry) { $0.duration($1) }
        guard case .at(let time) = limit, time < .seconds(1) || time.components.attoseconds != 0 else { return limit }
        fault(entry.value.position, "\(quoted(entry.key)) is not whole seconds; expected a duration from \"1s\" on")
        return nil
    }
}
