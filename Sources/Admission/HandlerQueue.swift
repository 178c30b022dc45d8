// The connections that wait when every handler of a service is busy: which ones may wait, and which one is next. No
// source may fill the queue.
//
// A listen queue is first come, first served, and no program can read it. Once a service is full and its gate
// stops accepting, a source that connects all the time fills that queue: connections of other sources wait after its
// own, or the kernel drops them, and `per_source` refuses none, because none is accepted. So the gate goes on accepting
// into a queue of its own with a few places:
//   - When the queue is full, a new connection takes the place of the newest one of the source with the most
//     connections, if that source then still has as many as the new one's source. Otherwise the new connection is
//     refused. So the sources share the queue alike, and a source with less than its share is never refused.
//   - A free handler is for the source with the fewest handlers; among the connections of such sources, for the one
//     that waits longest. So a flood makes its own connections wait, and no others.
// Only as many sources as there are places can fill the queue, with one connection each. Then the gate stops accepting
// (`canTake`), and the listen queue fills as it would without this one.
// Source: Wei, Coyle and Hsiao, "An Optimal Buffer Management Policy for High-Performance Packet Switching" (1991):
// push out of the longest queue.
//
// Promises that memory is taken once, and that a decision is one walk through the queue, or none while there is room.
internal import Tables

/// The order of the waiting connections, which the queue knows by number only.
package struct HandlerQueue: ~Copyable {
    /// The result of an attempt to queue a connection.
    package enum Placement: Hashable, Sendable {
        case queued
        /// The connection with this number leaves the queue, and its owner refuses it.
        case displaces(UInt64)
        case refused
    }

    private struct Place {
        let connection: UInt64
        let source: Source
    }

    package let capacity: Int
    /// In the order of arrival.
    private var places: [Place] = []
    private var waiting: FixedMap<Source, Int>

    /// - Parameter capacity: 1 or more.
    package init(capacity: Int) {
        self.capacity = capacity
        places.reserveCapacity(capacity)
        waiting = FixedMap(capacity: capacity)
    }

    package var count: Int { places.count }

    /// Whether a connection of a source that has none here would be queued. While it would not, accepting is of no use.
    package var canTake: Bool {
        // If there are as many sources as places, each has one place.
        places.count < capacity || waiting.count < capacity
    }

    /// Queues a connection, unless its source already has its share.
    package mutating func enqueue(_ connection: UInt64, of source: Source) -> Placement {
        guard places.count == capacity else {
            add(Place(connection: connection, source: source))
            return .queued
        }
        var longest: (index: Int, count: Int)?
        for (index, place) in places.enumerated() {
            let count = waitingCount(of: place.source)
            // The newest connection of the source with the most.
            if count >= longest?.count ?? 0 { longest = (index, count) }
        }
        guard let longest, longest.count >= waitingCount(of: source) + 2 else { return .refused }
        let connectionOut = remove(at: longest.index)
        add(Place(connection: connection, source: source))
        return .displaces(connectionOut)
    }

    /// Removes a connection because its peer left, or its time is over.
    ///
    /// - Returns: false when the queue does not have it.
    package mutating func leave(_ connection: UInt64) -> Bool {
        guard let index = places.firstIndex(where: { $0.connection == connection }) else { return false }
        _ = remove(at: index)
        return true
    }

    /// Removes and returns the connection that a free handler is for; nil when none waits.
    ///
    /// - Parameter handlers: the number of handlers that a source has.
    package mutating func next(handlers: (Source) -> Int) -> UInt64? {
        var fewest: (index: Int, handlers: Int)?
        for (index, place) in places.enumerated() {
            let count = handlers(place.source)
            if count < fewest?.handlers ?? .max { fewest = (index, count) }
        }
        return fewest.map { remove(at: $0.index) }
    }

    /// The connections of a source that wait here.
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
