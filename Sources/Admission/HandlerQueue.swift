// Who waits, and who goes on waiting, when every handler of a service is busy: no source may fill the queue of all others.
//
// A listen queue is first come, first served, and nobody can look into it: once a service is full and its gate stops accepting,
// a source that connects all the time owns the queue; whoever else comes waits behind it or is dropped by the kernel, and
// `per_source` refuses nobody, because nobody is accepted. So the gate goes on accepting into a room with a few places:
//   - When the room is full, whoever comes takes the place of the latest of the source that has most waiting, if that source
//     then still has as many as the newcomer's. Otherwise the newcomer is refused. So sources share the room alike, and who has
//     less than its share of it is never refused.
//   - A handler that becomes free is for the source with the fewest handlers; among its connections, and those of sources with
//     as few, for the one that waits longest. So a flood makes itself wait and nobody else.
// Only as many sources as there are places can fill the room, with one connection each; then the gate stops accepting
// (`canTake`), and the listen queue waits as it would have without all this.
// Source: Wei, Coyle and Hsiao, "An Optimal Buffer Management Policy for High-Performance Packet Switching" (1991): push out
// of the longest queue.
//
// Promises: memory is taken once; a decision is one walk through the room, and while there is room none at all.
internal import Tables

/// The order of those who wait. What they are, a number of a connection tells whoever keeps them.
package struct HandlerQueue: ~Copyable {
    /// What becomes of a connection that comes.
    package enum Placement: Hashable, Sendable {
        case queued
        /// The other one is refused in its place.
        case displaces(UInt64)
        case refused
    }

    private struct Place {
        let connection: UInt64
        let source: Source
    }

    package let capacity: Int
    /// In the order in which they came.
    private var places: [Place] = []
    private var waiting: FixedMap<Source, Int>

    /// - Parameter capacity: 1 or more.
    package init(capacity: Int) {
        self.capacity = capacity
        places.reserveCapacity(capacity)
        waiting = FixedMap(capacity: capacity)
    }

    package var count: Int { places.count }

    /// Whether a connection of a source that has none here would be let in. While it would not, accepting is of no use.
    package var canTake: Bool {
        // With as many sources as places, each has one.
        places.count < capacity || waiting.count < capacity
    }

    /// Lets a connection wait, if its source has not its share already.
    package mutating func enqueue(_ connection: UInt64, of source: Source) -> Placement {
        guard places.count == capacity else {
            add(Place(connection: connection, source: source))
            return .queued
        }
        var longest: (index: Int, count: Int)?
        for (index, place) in places.enumerated() {
            let count = waitingCount(of: place.source)
            // The latest of those with as many.
            if count >= longest?.count ?? 0 { longest = (index, count) }
        }
        guard let longest, longest.count >= waitingCount(of: source) + 2 else { return .refused }
        let connectionOut = remove(at: longest.index)
        add(Place(connection: connection, source: source))
        return .displaces(connectionOut)
    }

    /// The connection waits no more: its peer left, or its time is over.
    ///
    /// - Returns: false when it did not wait here.
    package mutating func leave(_ connection: UInt64) -> Bool {
        guard let index = places.firstIndex(where: { $0.connection == connection }) else { return false }
        _ = remove(at: index)
        return true
    }

    /// Takes out the one that a free handler is for; nil when nobody waits.
    ///
    /// - Parameter handlers: that a source has.
    package mutating func next(handlers: (Source) -> Int) -> UInt64? {
        var fewest: (index: Int, handlers: Int)?
        for (index, place) in places.enumerated() {
            let count = handlers(place.source)
            if count < fewest?.handlers ?? .max { fewest = (index, count) }
        }
        return fewest.map { remove(at: $0.index) }
    }

    /// Connections of a source that wait here.
    package func waitingCount(of source: Source) -> Int { waiting.value(of: source) ?? 0 }

    private mutating func add(_ place: Place) {
        places.append(place)
        if waiting.update(place.source, { $0 += 1 }) == nil { waiting.insert(place.source, 1) }
    }

    private mutating func remove(at index: Int) -> UInt64 {
        let place = places.remove(at: index)
        let left = waiting.update(place.source) { count in
            count -= 1
            return count
        }
        if left == 0 { _ = waiting.remove(place.source) }
        return place.connection
    }
}
