// Every process below the supervisor: those that it has started, and those that their ends have left to it.

/// The roster and the orphans, which are the children that are not in it.
struct Descendants: ~Copyable {
    var roster = Roster()
    var orphans: Orphans

    init(orphans: consuming Orphans) { self.orphans = orphans }

    /// Monotonic: when a child is late, or when to call ``tend(at:)``; nil for never.
    var deadline: Int64? { [roster.deadline, orphans.deadline].compactMap { $0 }.min() }

    /// Whether gates that have ended may have left processes that live.
    var hasOrphans: Bool { orphans.deadline != nil }

    /// Sends TERM to the orphans of a gate that has ended.
    mutating func terminateOrphans(at now: Int64) -> [Orphans.Notice] {
        orphans.terminate(at: now, sparing: roster)
    }

    /// Sends KILL to the orphans whose time is over.
    mutating func tend(at now: Int64) -> [Orphans.Notice] { orphans.tend(at: now, sparing: roster) }
}
