// The bans of all services: each with its prefix, cause and end. The supervisor keeps this table; gates get what it
// seals (SealedBans).
// A ban of a source that was banned before lasts twice as long, up to a maximum, unless the source was quiet for as
// long as the table remembers. The table keeps a ban that has ended for that time.
// The table is bounded for each family, so that a flood of one cannot push out the other. When a family is full, bans
// past that time go first, and then a sixteenth of the bans: those of the services that have most of them, and of each
// service those that end soonest. So a service whose gate reports without end pushes out bans of its own. An offence
// never pushes out a ban by command.
// Promises that no prefix on the exempt list is banned, and that no clock makes the table trap.
package import Addresses

/// A block with an end. Times are nanoseconds of the monotonic clock.
package struct Ban: Hashable, Sendable {
    package let prefix: IPPrefix
    package var cause: BanCause
    package var began: Int64
    /// `Int64.max`: never.
    package var end: Int64
    /// The connections that the ban refused.
    package var hits: UInt64 = 0
    /// The number of bans in a row, this one included.
    package var strikes = 1
}

/// The result of an attempt to ban.
package enum BanOutcome: Hashable, Sendable {
    case banned(Ban)
    /// An earlier ban is still in force.
    case already(Ban)
    /// This exempt prefix contains the one to ban.
    case exempt(IPPrefix)
    /// The family's table is full of bans by command.
    case full
}

/// Bounded memory of bans.
package struct BanTable {
    /// Prefixes that are never banned.
    package var exempt: [IPPrefix]
    /// How long a ban still lengthens the next one after it has ended. In nanoseconds.
    package let memory: Int64
    package let mostPerFamily: Int
    /// Grows whenever gates need a new list.
    package private(set) var revision: UInt64 = 0
    private var v4: [IPPrefix: Ban] = [:]
    private var v6: [IPPrefix: Ban] = [:]

    package static let standardMost = 16_384
    /// In nanoseconds: a day.
    package static let standardMemory: Int64 = 86_400_000_000_000
    /// Doubling a ban more often than this exceeds any clock.
    static let mostStrikes = 64

    package init(exempt: [IPPrefix], mostPerFamily: Int = standardMost, memory: Int64 = standardMemory) {
        precondition(mostPerFamily > 0, "a table holds something")
        self.exempt = exempt
        self.mostPerFamily = mostPerFamily
        self.memory = memory
    }

    /// Bans a source for an offence.
    ///
    /// - Parameters:
    ///   - length: the length of a first ban. In nanoseconds.
    ///   - longest: the longest ban. In nanoseconds.
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

    /// Bans by command, for exactly this length, whatever ban there was before.
    ///
    /// - Parameter length: in nanoseconds; nil: without an end.
    package mutating func block(_ prefix: IPPrefix, reason: String, length: Int64?, at now: Int64) -> BanOutcome {
        let end = length.map { later(than: now, by: $0) } ?? .max
        let strikes = self[prefix]?.strikes ?? 1
        let cause = BanCause.command(reason: reason)
        return enter(Ban(prefix: prefix, cause: cause, began: now, end: end, strikes: strikes), at: now)
    }

    /// Removes a ban, and forgets the ones before it.
    ///
    /// - Returns: the ban in force, or nil when there was none.
    package mutating func unblock(_ prefix: IPPrefix, at now: Int64) -> Ban? {
        let ban = self[prefix]
        self[prefix] = nil
        guard let ban, ban.end > now else { return nil }
        revision += 1
        return ban
    }

    /// Adds connections that a ban refused.
    package mutating func addHits(_ count: UInt64, of prefix: IPPrefix) {
        guard var ban = self[prefix] else { return }
        ban.hits = ban.hits.addingReportingOverflow(count).overflow ? .max : ban.hits + count
        self[prefix] = ban
    }

    /// The number of bans that the table remembers, also those that have ended.
    package var count: Int { v4.count + v6.count }

    /// The bans in force, those that end soonest first.
    package func active(at now: Int64) -> [Ban] {
        all.filter { $0.end > now }.sorted { ($0.end, $0.began) < ($1.end, $1.began) }
    }

    /// Every ban that the table remembers, in no order.
    var all: [Ban] { Array(v4.values) + Array(v6.values) }

    /// The exempt prefix that contains a prefix.
    package func exemption(of prefix: IPPrefix) -> IPPrefix? {
        exempt.first { $0.length <= prefix.length && $0.contains(prefix.network) }
    }

    /// The table for the gates: see ``SealedBans``.
    package func list(at now: Int64) -> [UInt8] { SealedBans.table(of: effectiveBans(at: now), exempt: exempt) }

    /// Active bans, without those that a wider, longer ban already covers, and without exempt prefixes. So where two of
    /// them overlap, the narrower one ends later, and the longest prefix decides as all bans together would.
    package func effectiveBans(at now: Int64) -> [Ban] {
        let active = all.filter { $0.end > now }
        let lengths = Set(active.map { $0.prefix.length })
        // A narrower ban within a wider one that lasts as long changes nothing. It must go, because the longest prefix
        // decides and must be the one that lasts longest.
        return active.filter { ban in
            exemption(of: ban.prefix) == nil
                && !lengths.contains { length in
                    guard length < ban.prefix.length else { return false }
                    let around = self[IPPrefix(of: ban.prefix.network, length: length)]
                    return around.map { $0.end >= ban.end } ?? false
                }
        }
    }

    /// Enters a ban that the caller has built: a new one, or one from the file.
    mutating func enter(_ ban: Ban, at now: Int64) -> BanOutcome {
        if let exempt = exemption(of: ban.prefix) { return .exempt(exempt) }
        if self[ban.prefix] == nil {
            guard makeRoom(besides: ban.prefix, at: now) else { return .full }
        }
        self[ban.prefix] = ban
        revision += 1
        return .banned(ban)
    }

    /// The ban of a prefix, also one that has ended, as long as the table remembers it.
    package private(set) subscript(_ prefix: IPPrefix) -> Ban? {
        get { prefix.network.bitWidth == 32 ? v4[prefix] : v6[prefix] }
        set { if prefix.network.bitWidth == 32 { v4[prefix] = newValue } else { v6[prefix] = newValue } }
    }

    private mutating func makeRoom(besides prefix: IPPrefix, at now: Int64) -> Bool {
        let isV4 = prefix.network.bitWidth == 32
        if isV4 { makeRoom(in: &v4, at: now) } else { makeRoom(in: &v6, at: now) }
        return (isV4 ? v4.count : v6.count) < mostPerFamily
    }

    /// Removes a sixteenth at a time, so that a flood of bans costs each of them little.
    private func makeRoom(in bans: inout [IPPrefix: Ban], at now: Int64) {
        guard bans.count >= mostPerFamily else { return }
        for ban in bans.values where later(than: ban.end, by: memory) <= now { bans[ban.prefix] = nil }
        let excess = bans.count - (mostPerFamily - max(1, mostPerFamily / 16))
        guard excess > 0 else { return }
        // Bans by command that have ended go like those of one more service.
        func owner(_ ban: Ban) -> String? { ban.cause.service ?? (ban.end <= now ? "" : nil) }
        var counts: [String: Int] = [:]
        for ban in bans.values { if let owner = owner(ban) { counts[owner, default: 0] += 1 } }
        let found = counts.values.reduce(0, +)
        var left = min(excess, found)
        let most = Self.share(of: Array(counts.values), in: found - left)
        var excessive: [String: [(end: Int64, prefix: IPPrefix)]] = [:]
        for ban in bans.values {
            guard let owner = owner(ban), counts[owner, default: 0] > most else { continue }
            excessive[owner, default: []].append((ban.end, ban.prefix))
        }
        for (_, own) in excessive.sorted(by: { $0.key < $1.key }) {
            let tooMany = min(own.count - most, left)
            for (_, prefix) in own.sorted(by: { $0.end < $1.end }).prefix(tooMany) { bans[prefix] = nil }
            left -= tooMany
        }
    }

    /// The largest number that each may have so that all together have at most so many: who has fewer keeps them all.
    static func share(of counts: [Int], in room: Int) -> Int {
        var (room, others) = (room, counts.count)
        for count in counts.sorted() {
            let share = room / others
            if count > share { return share }
            room -= count
            others -= 1
        }
        return counts.max() ?? 0
    }
}

/// The sum of a time and a length, cut to the range of Int64. A negative length gives an earlier time.
func later(than time: Int64, by length: Int64) -> Int64 {
    let (sum, overflow) = time.addingReportingOverflow(length)
    return overflow ? (length < 0 ? .min : .max) : sum
}
