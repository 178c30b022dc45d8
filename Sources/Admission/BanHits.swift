// Connections that each ban refused, as the gate counts them until the supervisor is told.
// Bans are named by their index in one table (SealedBans): when a new table comes, take everything out first, and make another.
// Promises: memory is taken once, for a table; counting looks at one place; taking out looks at what was counted only.

/// Counts by the index of a ban.
package struct BanHits: ~Copyable {
    private var counts: [UInt32]
    /// Indices whose count is not 0.
    private var touched: [UInt32] = []

    /// - Parameter bans: in the table: ``SealedBans/count(of:)``.
    package init(bans: Int) {
        counts = Array(repeating: 0, count: bans)
        touched.reserveCapacity(bans)
    }

    /// Whether there is nothing to tell.
    package var isEmpty: Bool { touched.isEmpty }

    /// One more connection that a ban refused. A count that is full stays so.
    package mutating func add(_ index: Int) {
        if counts[index] == 0 { touched.append(UInt32(index)) }
        if counts[index] < .max { counts[index] += 1 }
    }

    /// Takes the count of one ban out, in no order; nil when all are.
    package mutating func take() -> (index: Int, count: UInt32)? {
        guard let last = touched.popLast() else { return nil }
        let index = Int(last)
        let count = counts[index]
        counts[index] = 0
        return (index, count)
    }
}
