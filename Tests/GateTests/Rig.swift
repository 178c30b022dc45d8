// A gate in this process, which does what a test tells it: with a listener on the loopback, the other ends of its
// channels, and a starter that starts nothing.
import Addresses
import EventLog
import LinuxSystem
import Messages
import ProcessSetup
import Sandbox
import ServiceModel
import TestSupport
import Testing

@testable import Admission
@testable import Gate

func makeService(_ change: (inout Service) -> Void = { _ in }) -> Service {
    let handler = HandlerCommand(path: "/bin/true", arguments: ["true"])
    var service = Service(
        name: "s", file: "s.toml", listen: [], handler: handler, identity: Identity(user: .root))
    service.limits.perSource = .unlimited
    change(&service)
    return service
}

func emptyBlockList() throws -> SharedBytes { try SharedBytes(sealing: BlockList.empty, name: "block list") }
func emptyBans() throws -> SharedBytes { try SharedBytes(sealing: SealedBans.empty, name: "bans") }

func makeAdmission(_ service: Service, bans: consuming SharedBytes? = nil) throws -> AdmissionControl {
    let table = try bans.take() ?? emptyBans()
    return AdmissionControl(
        service, sourcePrefix: SourcePrefix(), blockList: try emptyBlockList(), bans: table,
        openingHours: try OpeningHours(service.admission))
}

/// The lines that a journal writes, without their times.
final class LogEnd {
    private let pipe: HandlerPipe
    private var buffer = [UInt8](repeating: 0, count: 65536)

    init() throws { pipe = try HandlerPipe() }

    var writer: Int32 { pipe.writerNumber }

    func lines() throws -> [String] {
        let count = try pipe.read(into: &buffer)
        return text(Array(buffer[..<count])).split(separator: "\n").map { line in
            line.split(separator: " ").dropFirst().joined(separator: " ")
        }
    }

    /// The events, each with its cause.
    func events() throws -> [String] {
        try lines().map { line in
            line.split(separator: " ").filter { $0.hasPrefix("event=") || $0.hasPrefix("cause=") }
                .map { $0.split(separator: "=")[1] }.joined(separator: " ")
        }
    }
}

/// A gate, and everything around it.
final class Rig {
    var gate: Gate<StarterDouble, PollSetDouble>
    let starter = StarterDouble()
    let poller = PollSetDouble()
    let log: LogEnd
    /// The supervisor's end of the channel.
    var supervisor: ParentEnd
    /// The resolver's end of its channel.
    var resolver: FrameChannel?
    let handlerLogWriter: Int32
    let counters: SharedCounters
    private let listener: Listener
    private let signals: HandlerPipe
    /// Any time.
    static let now: Int64 = 1_000_000_000_000

    private init(_ service: Service) throws {
        log = try LogEnd()
        counters = try SharedCounters.ofGate()
        listener = try Listener(.ip(.v4(0x7f00_0001), port: 0), options: SocketOptions())
        signals = try HandlerPipe()
        let null = try Startup.openNull().release()
        let pipe = try HandlerPipe()
        handlerLogWriter = pipe.writerNumber
        let channel = try ProcessChannel()
        var ends = try FrameChannelEnds()
        if service.admission.dnsbl.isEmpty { ends.gate = nil }
        let bound = GateSetup.BoundListener(
            number: try Descriptor.duplicate(of: listener.descriptor.number).release(), bound: listener.bound)
        gate = Gate(
            poller: poller, counters: counters,
            link: SupervisorLink(try childEnd(of: channel)),
            listeners: Listeners(
                [.connections(bound)], rate: service.limits.totalRate, null: null,
                reserve: try Descriptor.duplicate(of: null)),
            admission: try makeAdmission(service),
            preConnection: PreConnection(service, resolver: ends.gate.take()),
            running: RunningConnections(service, pid: 7),
            children: Children(
                starter, signals: SignalQueue(adopting: try Descriptor.duplicate(of: signals.readerNumber)),
                list: try ChildList()),
            refusals: Refusals(service),
            journal: Journal(
                service, blockListFile: "blocked", pid: 7, pipe: pipe, log: EventLog(destination: log.writer)))
        supervisor = channel.takeParentEnd()
        resolver = ends.resolver.take()
    }

    /// Gives a gate to a test, and ends all of its connections after that.
    static func with(_ service: Service, _ test: (Rig) throws -> Void) throws {
        let rig = try Rig(service)
        do {
            try test(rig)
        } catch {
            try rig.finish()
            throw error
        }
        try rig.finish()
    }

    private func finish() throws {
        try gate.refuseAll(at: Self.now)
        gate.running.drain(with: .kill)
        gate.endStalled(at: Self.now)
        for pid in starter.running { starter.end(pid) }
        try gate.reapChildren(at: Self.now)
        if gate.listeners.isOpen { gate.listeners.close() }
    }

    /// Connects a client, and lets the gate accept it.
    func connect(at now: Int64 = Rig.now) throws -> Descriptor {
        let client = try connected(to: listener.bound)
        try gate.acceptFrom(0, at: now)
        return client
    }

    /// A client that waits in the listen queue.
    func queue() throws -> Descriptor { try connected(to: listener.bound) }

    func accept(at now: Int64 = Rig.now) {
        do throws(SystemError) {
            try gate.acceptFrom(0, at: now)
        } catch {
            Issue.record("\(error)")
        }
    }

    /// Reaps what has ended.
    func reap(at now: Int64 = Rig.now) throws { try gate.reapChildren(at: now) }

    func dispatch(_ token: PollToken, at now: Int64 = Rig.now) throws { try gate.dispatch(token, at: now) }

    /// Takes a turn of the loop, with these descriptors ready.
    func turn(_ ready: [PollToken] = [], at now: Int64 = Rig.now) throws {
        poller.ready = ready
        try gate.turn(ready.count, at: now)
    }

    /// Tends one owner.
    func tend(_ owner: GateOwner, at now: Int64) throws { try gate.tend(owner, at: now) }

    /// The counters that are not 0.
    var counted: [String: UInt64] {
        var counted: [String: UInt64] = [:]
        for counter in GateCounter.allCases where counters[counter] > 0 { counted[counter.name] = counters[counter] }
        return counted
    }

    var runningCount: Int { gate.running.count }
    var waitingCount: Int { gate.preConnection.count }
    var isStalled: Bool { gate.running.isStalled }
    var isPaused: Bool { gate.listeners.isPaused }
    var isWatched: Bool { gate.listeners.isWatched }
    var isCheckDue: Bool { gate.preConnection.checks.isDue }

    /// The connections that have a place in admission.
    var places: Int { gate.admission.admission.sourceCount }
}

/// A service with a shell as its handler.
func shell(_ script: String, _ change: (inout Service) -> Void = { _ in }) -> Service {
    makeService {
        $0.handler = HandlerCommand(path: "/bin/sh", arguments: ["sh", "-c", script])
        change(&$0)
    }
}

/// The sandbox of a service, as far as this process can make one, in this machine's network.
func sandboxPlan(_ service: Service) throws -> SandboxPlan {
    var service = service
    service.sandbox.network = [.inet]
    let user: UInt32 = Accounts.isRoot ? 80001 : Accounts.effectiveUser
    var credentials = try #require(Credentials(of: service, dynamicNumber: user))
    (credentials.uid, credentials.gid) = (user, user)
    return SandboxPlan(service: service, credentials: credentials, privilege: .current)
}
