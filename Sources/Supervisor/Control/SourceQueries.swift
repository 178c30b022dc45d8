// The status of a source at a service. The supervisor asks the service's gate, and the client waits on the control
// socket.
internal import Control
internal import Messages

/// The queries that gates have not answered yet.
struct SourceQueries<Client> {
    private struct Query {
        let client: Client
        /// The pid of the gate that may answer.
        let gate: Int32
        /// Monotonic.
        let deadline: Int64
    }

    private var pending: [UInt32: Query] = [:]
    private var last: UInt32 = 0

    private static var most: Int { 64 }
    static var answerWithinNanoseconds: Int64 { 2_000_000_000 }

    /// Monotonic: when to call ``expire(at:)``; nil for never.
    var deadline: Int64? { pending.values.map(\.deadline).min() }

    var isFull: Bool { pending.count >= Self.most }

    /// The number for the next query, which the gate's answer has to have.
    mutating func nextNumber() -> UInt32 {
        last &+= 1
        return last
    }

    /// Notes a query that a gate was sent.
    mutating func add(_ number: UInt32, to gate: Int32, for client: Client, at now: Int64) {
        pending[number] = Query(client: client, gate: gate, deadline: now + Self.answerWithinNanoseconds)
    }

    /// Takes a gate's answer.
    ///
    /// - Returns: the client that waits for it; nil for an answer that is too late, or that this gate was not asked
    ///   for.
    mutating func answered(_ number: UInt32, by gate: Int32) -> Client? {
        guard let query = pending[number], query.gate == gate else { return nil }
        pending[number] = nil
        return query.client
    }

    /// The clients that waited for a gate that has ended.
    mutating func ended(gate: Int32) -> [Client] {
        let lost = pending.filter { $0.value.gate == gate }
        for number in lost.keys { pending[number] = nil }
        return lost.sorted { $0.key < $1.key }.map(\.value.client)
    }

    /// The clients whose gate has not answered in time.
    mutating func expire(at now: Int64) -> [(client: Client, gate: Int32)] {
        var late: [(client: Client, gate: Int32)] = []
        for (number, query) in pending where now >= query.deadline {
            pending[number] = nil
            late.append((query.client, query.gate))
        }
        return late
    }
}
