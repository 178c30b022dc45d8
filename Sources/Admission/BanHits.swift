// The connections that each ban refused since the gate last reported them to the supervisor.
// Bans are named by their index in one table (SealedBans). Before a new table replaces it, all counts must be taken,
// and then a new value made.
// Promises that memory is taken once for each table, that counting touches one entry, and that taking visits only bans
// with a count.

/// Counts by the index of a ban.
package struct BanHits: ~Copyable {
    private var counts: [UInt32]
    /// The indices with a count other than 0.
    private var touched: [UInt32] = []

    /// - Parameter bans: the number of bans in the table: ``SealedBans/count(of:)``.
    package init(bans: Int) {
        counts = Array(repeating: 0, count: bans)
        touched.reserveCapacity(bans)
    }

    /// Counts a connection that a ban refused. A count stays at its maximum.
    package mutating func add(_ index: Int) {
        if counts[index] == 0 { touched.append(UInt32(index)) }
        if counts[index] < .max { counts[index] += 1 }
    }

    /// Removes and returns the count of one ban, in no order; nil when no count is left.
    package mutating func take() -> (index: Int, count: UInt32)? {
        guard let last = touched.popLast() else { return nil }
        let index = Int(last)
        let count = counts[index]
        counts[index] = 0
        return (index, count)
    }
}
