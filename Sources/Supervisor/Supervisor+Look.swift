// How somebody stands with a service: its gate is asked, and whoever wants to know waits on the control socket meanwhile.
internal import Control
internal import Messages

/// A question that a gate has not answered yet.
struct PendingLook {
    let client: ControlClient
    /// Who may answer.
    let gate: Int32
    /// Monotonic.
    let deadline: Int64
}

extension Supervisor {
    private static let mostLooks = 64
    private static let lookWithinNanoseconds: Int64 = 2_000_000_000

    /// - Returns: the answer; nil when it comes later.
    func look(at caller: Caller, in service: String, for client: ControlClient, at now: Int64) -> ControlReply? {
        guard let gate = services[service]?.serving else { return .refused(["'\(service)' is not served"]) }
        guard looks.count < Self.mostLooks else { return .refused(["too many ask at once"]) }
        lastLook &+= 1
        guard send(.look(lastLook, caller), to: gate) else { return .refused(["the gate cannot be reached"]) }
        looks[lastLook] = PendingLook(client: client, gate: gate.pid, deadline: now + Self.lookWithinNanoseconds)
        return nil
    }

    /// A gate has answered; too late, when nobody waits any more.
    func hear(_ standing: Standing, number: UInt32, from gate: GateProcess) {
        guard let look = looks[number], look.gate == gate.pid else { return }
        looks[number] = nil
        reply(.standing(standing), to: look.client)
    }

    /// Nobody waits longer than this for a gate that does not answer.
    func endLooks(at now: Int64) {
        for (number, look) in looks where now >= look.deadline {
            looks[number] = nil
            reply(.refused(["the gate, pid \(look.gate), does not answer"]), to: look.client)
        }
    }

    /// Monotonic: when ``endLooks(at:)`` has something to do; nil for never.
    var looksDeadline: Int64? { looks.values.map(\.deadline).min() }
}
