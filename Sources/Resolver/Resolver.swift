// The process that asks DNS block lists: gates have no network, and the supervisor reads nothing that comes from one.
// It has a user of its own, no files, and of the network only its sockets. Of connections it knows nothing but
// addresses, and of lists only what the supervisor told it: a gate cannot make it ask for any other name.
// Promises: each request of a gate gets one answer within the deadline; a request without room gets the answer
// "unknown" at once. One thread, one loop, one wait. It ends when the supervisor does.
// Resolver+Lookups.swift does the asking.
internal import Addresses
internal import DNS
internal import EventLog
internal import LinuxSystem
internal import Messages
package import ProcessSetup
internal import Sandbox
internal import Wire

/// A resolver, from its start to its end.
package struct Resolver: ~Copyable {
    let supervisor: ChildEnd
    var poller: Poller
    var log = EventLog()
    let servers: [NameServer]
    let timeouts: LookupTimeouts
    /// An unpredictable number for a question.
    let newID: () -> UInt16
    /// By the number of the gate.
    var gates: [UInt64: AskingGate] = [:]
    /// Counted from 1.
    var lastGate: UInt64 = 0
    var lookups: [UInt64: Lookup] = [:]
    var running: [DNSQuestion: Lookup] = [:]
    var lastLookup: UInt64 = 0
    /// Whether the supervisor has sent a message that the resolver does not know. Only the first is logged.
    var hasGotUnknown = false
    /// By zone; only of lists that were silent lately.
    var rests: [String: ListBackoff] = [:]
    /// By zone; only of lists that once had no answer.
    var troubles: [String: OutageNotice] = [:]
    var datagram = [UInt8](repeating: 0, count: 4096)

    /// How many lookups run at once. Each has a descriptor for each server that it asks, three at most.
    static let mostLookups = 256
    /// How many requests of one gate run at once, so that one service with many clients leaves room for another.
    static let mostOfGate = 128
    private static let messagesAtOnce = 16

    /// Runs a resolver in a process that was started for it.
    package static func serve(_ setup: ResolverSetup, _ timeouts: LookupTimeouts = LookupTimeouts()) -> Never {
        serveUntilFault(setup, timeouts)
        Processes.exit(1)
    }

    /// Returns when this resolver cannot serve, after it has reported why.
    private static func serveUntilFault(_ setup: ResolverSetup, _ timeouts: LookupTimeouts) {
        let resolver: Resolver
        do {
            // The name that `ps` shows.
            try Processes.setName("resolver")
            // Each gate has a descriptor here, and each lookup some; a process may have a thousand by default.
            try ProcessLimits.raise(ProcessLimits.files)
            let servers = setup.servers ?? systemServers()
            _ = try Sandbox.enter(setup.sandbox, internet: .datagrams)
            resolver = try Resolver(
                supervisor: ChildEnd(adopting: setup.channel), servers: servers, timeouts: timeouts,
                newID: { .random(in: .min ... .max) })
        } catch {
            report(.failed("\(error)"), to: ChildEnd(adopting: setup.channel))
            return
        }
        report(.ready, to: resolver.supervisor)
        resolver.run()
    }

    private static func systemServers() -> [NameServer] {
        do throws(SystemError) {
            return NameServer.all(in: try Files.read("/etc/resolv.conf", most: 1 << 16))
        } catch {
            // Without the file, resolv.conf(5) asks this machine.
            return NameServer.all(in: [])
        }
    }

    private static func report(_ message: WorkerReport, to supervisor: borrowing ChildEnd) {
        // If the supervisor is gone, the loop finds the channel closed and ends.
        supervisor.offer(message.bytes)
    }

    /// - Parameter servers: one or more.
    init(
        supervisor: consuming ChildEnd, servers: [NameServer], timeouts: LookupTimeouts,
        newID: @escaping () -> UInt16
    ) throws(SystemError) {
        precondition(!servers.isEmpty, "a resolver has a server")
        precondition(timeouts.mostTries <= PollToken.mostServers, "a token has a place for each try")
        let poller = try Poller()
        try poller.add(supervisor.number, token: PollToken.channel.bits)
        self.poller = poller
        self.supervisor = supervisor
        self.servers = servers
        self.timeouts = timeouts
        self.newID = newID
    }

    private consuming func run() {
        do throws(SystemError) {
            while try turn() {}
            Processes.exit(0)
        } catch {
            // No gate and no name server can cause this. The supervisor starts another resolver.
            log.begin("resolver_fault", wallNanoseconds: Clock.wallNanoseconds())
            log.field("error", "\(error)")
            log.end()
            Processes.exit(1)
        }
    }

    /// Waits for work, and does it.
    ///
    /// - Returns: whether there is still a supervisor.
    mutating func turn() throws(SystemError) -> Bool {
        let ready = try poller.wait(timeoutNanoseconds: timeout())
        let now = Clock.monotonicNanoseconds()
        // The supervisor first: its message about a gate comes before the gate's own messages.
        for index in 0..<ready where token(at: index) == .channel {
            guard try handleSupervisorMessages() else { return false }
        }
        for index in 0..<ready {
            switch token(at: index) {
            case .channel: break
            case .gate(let number): try readGateRequests(number, at: now)
            case .server(let lookup, let place): readServerReplies(place, of: lookup, at: now)
            }
        }
        tendLookups(at: now)
        return true
    }

    private func token(at index: Int) -> PollToken {
        guard let token = PollToken(bits: poller.token(at: index)) else {
            preconditionFailure("the poll set has the resolver's own tokens only")
        }
        return token
    }

    private func timeout() -> Int64? {
        guard let due = lookups.values.lazy.map(\.dueAt).min() else { return nil }
        return max(due - Clock.monotonicNanoseconds(), 0)
    }

    /// - Returns: whether there is still a supervisor.
    private mutating func handleSupervisorMessages() throws(SystemError) -> Bool {
        while true {
            switch try supervisor.receive() {
            case .nothing: return true
            case .closed: return false
            case .message(let bytes, let passed):
                switch ResolverOrder.read(bytes) {
                case .message(.gate):
                    // The lists that follow belong to this gate, even when its channel did not arrive.
                    lastGate += 1
                    guard let end = FrameChannel(passed) else { continue }
                    try poller.add(end.number, token: PollToken.gate(lastGate).bits)
                    gates[lastGate] = AskingGate(end)
                case .message(.list(let zone)): gates[lastGate]?.lists.append(zone)
                case .message(.signOfLife): Self.report(.alive, to: supervisor)
                case .unknown, .nonsense:
                    if !hasGotUnknown { logUnknownMessage(of: "supervisor", firstByte: bytes.first ?? 0) }
                    hasGotUnknown = true
                }
            }
        }
    }

    private mutating func logUnknownMessage(of sender: StaticString, firstByte: UInt8) {
        log.begin("unknown_message", wallNanoseconds: Clock.wallNanoseconds())
        log.field("from", sender)
        log.field("byte", Int(firstByte))
        log.end()
    }

    private mutating func readGateRequests(_ number: UInt64, at now: Int64) throws(SystemError) {
        guard let gate = gates[number] else { return }
        // Bounded, so that a gate that asks all the time does not keep the others waiting.
        for _ in 0..<Self.messagesAtOnce {
            switch try gate.channel.receive() {
            case .nothing: return
            case .closed, .malformed:
                // Bytes that are no message come from a gate that may be compromised. It is answered no more.
                try poller.remove(gate.channel.number)
                gates[number] = nil
                return
            case .frame(let bytes):
                switch ListRequest.read(bytes) {
                case .message(let request): ask(request, of: gate, number: number, at: now)
                case .unknown where !gate.hasSentUnknown:
                    gate.hasSentUnknown = true
                    logUnknownMessage(of: "gate", firstByte: bytes[0])
                case .unknown, .nonsense: break
                }
            }
        }
    }
}

/// A gate that may send requests.
final class AskingGate {
    var channel: FrameChannel
    /// The zones of its lists, by their place.
    var lists: [String] = []
    /// How many of its requests have no answer yet.
    var waiting = 0
    /// Whether it has sent a message that the resolver does not know. Only the first is logged.
    var hasSentUnknown = false

    init(_ channel: consuming FrameChannel) { self.channel = channel }

    func answer(_ request: ListRequest, _ answer: ListAnswer) {
        // If the gate does not read this, its own deadline makes the answer unknown.
        channel.offer(ListReply(to: request, answer).bytes)
    }
}
