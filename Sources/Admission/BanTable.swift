// The bans of all services: who, why, until when. The supervisor's; the gates see what it seals (SealedBans).
// A ban that comes again is longer: twice as long as the one before, up to a maximum, unless the source was quiet in between
// for as long as the table remembers. A ban that is over is kept for that time, without being one.
// Bounded for each family, so that neither can flood out the other. When there is no room, what is forgotten goes, and then
// a sixteenth of the bans, those that end soonest; what somebody said by command is never pushed out by what was found.
// Promises that nobody on the exempt list is banned, and that no clock makes it trap.
package import Addresses

/// A block with an end. Times are nanoseconds of the monotonic clock.
package struct Ban: Hashable, Sendable {
    package let prefix: IPPrefix
    package var cause: BanCause
    package var began: Int64
    /// `Int64.max`: never.
    package var end: Int64
    /// Connections that it refused.
    package var hits: UInt64 = 0
    /// Bans in a row, this one included.
    package var strikes = 1
}

/// What became of a wish to ban.
package enum BanOutcome: Hashable, Sendable {
    case banned(Ban)
    /// It is banned, and by what was found before.
    case already(Ban)
    /// This exempt prefix stands in the way.
    case exempt(IPPrefix)
    /// There is room for no more of this family: as many were made by command.
    case full
}

/// Bounded memory of bans.
package struct BanTable {
    /// Prefixes that are never banned.
    package var exempt: [IPPrefix]
    /// How long a ban that is over still makes the next one longer. In nanoseconds.
    package let memory: Int64
    package let mostPerFamily: Int
    /// Counts up whenever a gate should see another list.
    package private(set) var revision: UInt64 = 0
    private var v4: [IPPrefix: Ban] = [:]
    private var v6: [IPPrefix: Ban] = [:]

    package static let standardMost = 16_384
    /// In nanoseconds: a day.
    package static let standardMemory: Int64 = 86_400_000_000_000
    /// Twice as long so many times is longer than any clock.
    static let mostStrikes = 64

    package init(exempt: [IPPrefix], mostPerFamily: Int = standardMost, memory: Int64 = standardMemory) {
        precondition(mostPerFamily > 0, "a table holds something")
        self.exempt = exempt
        self.mostPerFamily = mostPerFamily
        self.memory = memory
    }

    /// Bans a source for what was found.
    ///
    /// - Parameters:
    ///   - length: of a first ban. In nanoseconds.
    ///   - longest: in nanoseconds.
    package mutating func ban(
        _ prefix: IPPrefix, for cause: BanCause, length: Int64, longest: Int64, at now: Int64
    ) -> BanOutcome {
        let before = self[prefix]
        if let before, before.end > now { return .already(before) }
        let isRemembered = before.map { later(than: $0.end, by: memory) > now } ?? false
        let strikes = isRemembered ? min((before?.strikes ?? 0) + 1, BanTable.mostStrikes) : 1
        let doubled = max(length, 1).multipliedReportingOverflow(by: strikes < 63 ? 1 << Int64(strikes - 1) : .max)
        let end = later(than: now, by: min(doubled.overflow ? .max : doubled.partialValue, longest))
        return enter(Ban(prefix: prefix, cause: cause, began: now, end: end, strikes: strikes), at: now)
    }

    /// Bans by command: exactly so, whatever was before.
    ///
    /// - Parameter length: in nanoseconds; nil: for ever.
    package mutating func block(_ prefix: IPPrefix, reason: String, length: Int64?, at now: Int64) -> BanOutcome {
        let end = length.map { later(than: now, by: $0) } ?? .max
        let strikes = self[prefix]?.strikes ?? 1
        let cause = BanCause.command(reason: reason)
        return enter(Ban(prefix: prefix, cause: cause, began: now, end: end, strikes: strikes), at: now)
    }

    /// Takes a ban back, and forgets the ones before.
    ///
    /// - Returns: the ban, or nil when there was none.
    package mutating func unblock(_ prefix: IPPrefix, at now: Int64) -> Ban? {
        let ban = self[prefix]
        self[prefix] = nil
        guard let ban, ban.end > now else { return nil }
        revision += 1
        return ban
    }

    /// Counts connections that a ban refused.
    package mutating func addHits(_ count: UInt64, of prefix: IPPrefix) {
        guard var ban = self[prefix] else { return }
        ban.hits = ban.hits.addingReportingOverflow(count).overflow ? .max : ban.hits + count
        self[prefix] = ban
    }

    /// Bans that are remembered, those that are over included.
    package var count: Int { v4.count + v6.count }

    /// The bans in force, those that end soonest first.
    package func active(at now: Int64) -> [Ban] {
        all.filter { $0.end > now }.sorted { ($0.end, $0.began) < ($1.end, $1.began) }
    }

    /// Every ban that is remembered, in no order.
    var all: [Ban] { Array(v4.values) + Array(v6.values) }

    /// The exempt prefix that a prefix lies in.
    package func exemption(of prefix: IPPrefix) -> IPPrefix? {
        exempt.first { $0.length <= prefix.length && $0.contains(prefix.network) }
    }

    /// The table for the gates: see ``SealedBans``.
    package func list(at now: Int64) -> [UInt8] { SealedBans.table(of: effectiveBans(at: now), exempt: exempt) }

    /// The bans in force of which, where two overlap, the narrower ends later: where the longest prefix decides, these say
    /// what all of them do. Nobody in them is exempt.
    package func effectiveBans(at now: Int64) -> [Ban] {
        let active = all.filter { $0.end > now }
        let lengths = Set(active.map { $0.prefix.length })
        // Within a wider ban that lasts as long, the narrower one says nothing: the longest prefix decides, and must be the
        // one that lasts longest.
        return active.filter { ban in
            exemption(of: ban.prefix) == nil
                && !lengths.contains { length in
                    guard length < ban.prefix.length else { return false }
                    let around = self[IPPrefix(of: ban.prefix.network, length: length)]
                    return around.map { $0.end >= ban.end } ?? false
                }
        }
    }

    /// Enters what is known already to be a ban or the memory of one.
    mutating func enter(_ ban: Ban, at now: Int64) -> BanOutcome {
        if let exempt = exemption(of: ban.prefix) { return .exempt(exempt) }
        if self[ban.prefix] == nil {
            guard makeRoom(besides: ban.prefix, at: now) else { return .full }
        }
        self[ban.prefix] = ban
        revision += 1
        return .banned(ban)
    }

    /// The ban of a prefix, also one that is over, as long as it is remembered.
    package private(set) subscript(_ prefix: IPPrefix) -> Ban? {
        get { prefix.network.bitWidth == 32 ? v4[prefix] : v6[prefix] }
        set { if prefix.network.bitWidth == 32 { v4[prefix] = newValue } else { v6[prefix] = newValue } }
    }

    private mutating func makeRoom(besides prefix: IPPrefix, at now: Int64) -> Bool {
        let isV4 = prefix.network.bitWidth == 32
        if isV4 { makeRoom(in: &v4, at: now) } else { makeRoom(in: &v6, at: now) }
        return (isV4 ? v4.count : v6.count) < mostPerFamily
    }

    /// A sixteenth at a time, so that a flood of bans costs each of them little.
    private func makeRoom(in bans: inout [IPPrefix: Ban], at now: Int64) {
        guard bans.count >= mostPerFamily else { return }
        for ban in bans.values where later(than: ban.end, by: memory) <= now { bans[ban.prefix] = nil }
        let excess = bans.count - (mostPerFamily - max(1, mostPerFamily / 16))
        guard excess > 0 else { return }
        let found = bans.values.filter { if case .command = $0.cause { $0.end <= now } else { true } }
        for ban in found.sorted(by: { $0.end < $1.end }).prefix(excess) { bans[ban.prefix] = nil }
    }
}

/// A time so much later, or the end of time; earlier by a negative length, or the beginning of time.
func later(than time: Int64, by length: Int64) -> Int64 {
    let (sum, overflow) = time.addingReportingOverflow(length)
    return overflow ? (length < 0 ? .min : .max) : sum
}
