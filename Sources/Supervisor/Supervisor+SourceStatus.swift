// The status of a source at a service. The supervisor asks the service's gate, and the client waits on the control
// socket.
internal import Control
internal import Messages

/// A query that a gate has not answered yet.
struct PendingQuery {
    let client: ControlClient
    /// The pid of the gate that may answer.
    let gate: Int32
    /// Monotonic.
    let deadline: Int64
}

extension Supervisor {
    private static let mostQueries = 64
    private static let answerWithinNanoseconds: Int64 = 2_000_000_000

    /// - Returns: the answer; nil when it comes later.
    func sourceStatus(
        of asker: Client, in service: String, for client: ControlClient, at now: Int64
    ) -> ControlReply? {
        guard let gate = services[service]?.serving else { return .refused(.notServed(service: service)) }
        guard pendingQueries.count < Self.mostQueries else { return .refused(.tooMany) }
        lastQuery &+= 1
        guard send(.sourceStatus(lastQuery, asker), to: gate) else { return .refused(.gateUnreachable) }
        pendingQueries[lastQuery] = PendingQuery(
            client: client, gate: gate.pid, deadline: now + Self.answerWithinNanoseconds)
        return nil
    }

    /// Passes a gate's answer on to the client that waits for it. An answer that comes too late is ignored.
    func handleSourceStatus(_ sourceStatus: SourceStatus, number: UInt32, from gate: GateProcess) {
        guard let query = pendingQueries[number], query.gate == gate.pid else { return }
        pendingQueries[number] = nil
        query.client.reply(.sourceStatus(sourceStatus))
    }

    /// Answers clients when their gate has not answered in time.
    func expireQueries(at now: Int64) {
        for (number, query) in pendingQueries where now >= query.deadline {
            pendingQueries[number] = nil
            query.client.reply(.refused(.gateSilent(pid: Int(query.gate))))
        }
    }

    /// Monotonic: when to call ``expireQueries(at:)``; nil for never.
    var queriesDeadline: Int64? { pendingQueries.values.map(\.deadline).min() }
}
