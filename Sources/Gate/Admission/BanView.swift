// The bans in force, as the supervisor has last given them to the gate, and how many connections each has refused.
internal import Admission
internal import LinuxSystem
internal import Messages

/// The bans in force, and what the gate has to report about them.
struct BanView: ~Copyable {
    /// The table that ``BanTable/list(at:)`` built.
    private(set) var table: SharedBytes
    /// Counted by the index of a ban in the table.
    private var hits: BanHits
    /// Monotonic: when to report the hits to the supervisor; nil: there are none.
    private(set) var deadline: Int64?

    private static let intervalNanoseconds: Int64 = 1_000_000_000

    init(_ table: consuming SharedBytes) {
        hits = BanHits(bans: SealedBans.count(of: table.bytes))
        self.table = table
    }

    /// Counts a connection that the ban with this index refused.
    mutating func addHit(_ index: Int, at now: Int64) {
        hits.add(index)
        deadline = deadline ?? now + Self.intervalNanoseconds
    }

    /// Removes and returns hits for one report; nil when none are left.
    mutating func takeHits() -> GateMessage? {
        deadline = nil
        var report: [BanHit] = []
        while report.count < GateMessage.mostHits, let (index, count) = hits.take() {
            report.append(BanHit(prefix: SealedBans.prefix(of: index, in: table.bytes), count: count))
        }
        return report.isEmpty ? nil : .hits(report)
    }

    /// Replaces the table. The caller has taken the hits of the old one, because their indices mean nothing in the new
    /// one.
    mutating func replace(with table: consuming SharedBytes) {
        hits = BanHits(bans: SealedBans.count(of: table.bytes))
        self.table = table
    }
}
