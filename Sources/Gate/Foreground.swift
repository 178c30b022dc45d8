// One connection on descriptors 0 and 1 of this process, for `doorward exec`. Its programs start in the sandbox and by
// the plan of a gate, and the end of one means for the others what it means in a gate.
// Accepts nothing, decides on no client, logs nothing, and has no limit of time but those that follow from the end of a
// program.
package import Addresses
internal import Admission
package import LinuxSystem
package import Sandbox
internal import ServiceModel
package import Spawner

/// The connection, and the client that it is said to be from.
package struct ForegroundSetup: Sendable {
    package var sandbox: SandboxPlan
    package var peer: Peer
    package var local: ListenAddress
    /// The access rule that admits the client; nil if the service has no rules.
    package var rule: Int?
    /// The matching rules of `dnsbl`, a bit for each.
    package var lists: UInt32

    package init(sandbox: SandboxPlan, peer: Peer, local: ListenAddress, rule: Int?, lists: UInt32) {
        self.sandbox = sandbox
        self.peer = peer
        self.local = local
        self.rule = rule
        self.lists = lists
    }
}

/// How the connection ended.
package struct ForegroundEnd: Hashable, Sendable {
    /// How the handler ended; nil: it was not started.
    package var handler: ProcessEnd.Way?
    /// How the filter ended that failed first; nil: none did.
    package var failedFilter: ProcessEnd.Way?
    /// The failures of programs that did not start.
    package var failures: [LaunchFailure] = []
    /// The lack of resources for which a program could not be cloned.
    package var lack: SystemError?
}

/// The process that serves one connection in the foreground.
package struct Foreground<Starter: ProcessStarter & ~Copyable>: ~Copyable {
    private var admission: Admission
    private var running: RunningConnections
    private var children: Children<Starter>
    /// Each signal in it is an order to end.
    private let orders: SignalQueue
    private let number: UInt64
    private var end = ForegroundEnd()

    /// Starts the programs of the connection.
    ///
    /// - Parameters:
    ///   - input: what the client sends.
    ///   - output: what it is sent.
    init(
        _ setup: ForegroundSetup, input: consuming Descriptor, output: consuming Descriptor,
        children: consuming Children<Starter>, orders: consuming SignalQueue, at now: Int64
    ) {
        var service = setup.sandbox.service
        service.limits.lifetime = .unlimited
        // The decision is made. A place is what the connection gives back at its end.
        var admission = Admission(service: service, sourcePrefix: SourcePrefix())
        var connection = AdmittedConnection(
            socket: output, peer: setup.peer, local: setup.local, admitted: admission.admit(setup.peer, by: setup.rule))
        connection.lists = setup.lists
        var running = RunningConnections(service, pid: Processes.ownPID)
        var starting = running.insert(connection, at: now)
        starting.input = consume input
        do throws(SystemError) {
            while try running.startNext(of: &starting, by: &children.starter) != nil {}
        } catch {
            // A gate would try again. Here somebody waits, and can.
            end.lack = error
            running.drain(with: .kill)
        }
        number = starting.number
        self.admission = admission
        self.running = running
        self.children = children
        self.orders = orders
    }

    /// Monotonic: when ``turn(at:)`` has something to do that no signal tells of; nil for never.
    var deadline: Int64? { earlier(running.deadline, children.deadline) }

    /// Does what signals and the time ask for.
    ///
    /// - Returns: nil while a program runs. Not called again after the end.
    mutating func turn(at now: Int64) throws(SystemError) -> ForegroundEnd? {
        while try orders.next() != nil { running.drain(with: .terminate) }
        try children.noteSignal()
        while let end = try children.nextEnd() {
            // No fault is reported: an output that is no socket cannot be reset.
            if let program = running.ended(end, by: &children.starter, at: now) {
                if let failure = program.failure { self.end.failures.append(failure) }
                children.mayHaveLeftOrphans(at: now)
            } else {
                children.orphanEnded(end.pid)
            }
        }
        // What this process may not signal is ended by the process that waits for it.
        _ = running.expire(at: now)
        try sweepOrphans(at: now)
        return takeEnd()
    }

    /// Kills what programs have left, because it may hold the sockets between other programs.
    private mutating func sweepOrphans(at now: Int64) throws(SystemError) {
        guard children.isSweepDue(at: now) else { return }
        let found = try children.stopOrphans { running.contains(pid: $0) }
        children.killOrphans(found)
        if children.hasTooManyOrphans(found.stopped.count, at: now) { throw SystemError("end orphans", .again) }
    }

    private mutating func takeEnd() -> ForegroundEnd? {
        guard let connection = running.removeIfOver(number) else { return nil }
        end.handler = connection.handlerEnd
        end.failedFilter = connection.failedFilter?.way
        admission.end(connection.takePlace())
        return end
    }
}

extension Foreground where Starter == SpawnPlan {
    /// Serves the connection on descriptors 0 and 1, in a process that was forked for it. What handlers log goes to
    /// descriptor 2. TERM ends the connection as a drain does.
    ///
    /// Errors: a step before the start of the first program. Then this process must end.
    package static func serve(_ setup: ForegroundSetup) throws -> ForegroundEnd {
        try Startup.closeAll(but: [setup.sandbox.emptyNetwork].compactMap { $0 })
        // The signals of a terminal go to the process that waits for this one, and it passes them on.
        try Processes.startSession()
        try Processes.becomeSubreaper()
        let orders = try SignalQueue([.terminate])
        let ends = try SignalQueue([.child])
        let list = try ChildList()
        let poller = try Poller()
        try poller.add(orders.number, token: 0)
        try poller.add(ends.number, token: 1)
        // Above 2, like the socket of a connection: a child's 0, 1 and 2 are made of these.
        let input = try Descriptor.duplicate(of: 0)
        let output = try Descriptor.duplicate(of: 1)
        let plan = try SpawnPlan(entering: setup.sandbox, log: 2, null: try Startup.openNull().release())
        var foreground = Foreground(
            setup, input: input, output: output, children: Children(plan, signals: ends, list: list), orders: orders,
            at: Clock.monotonicNanoseconds())
        return foreground.run(poller)
    }

    private mutating func run(_ poller: consuming Poller) -> ForegroundEnd {
        do throws(SystemError) {
            while true {
                if let end = try turn(at: Clock.monotonicNanoseconds()) { return end }
                let timeout = deadline.map { max($0 - Clock.monotonicNanoseconds(), 0) }
                _ = try poller.wait(timeoutNanoseconds: timeout)
            }
        } catch {
            // No program can cause such a failure, but for one that forks without end. The process that waits for this
            // one kills what is left.
            exit(reporting: error)
        }
    }

    /// Ends this process at once, with a connection that is not over and must not be destroyed. Not inlined, for the
    /// reason that ``Gate/exit(_:)`` has.
    @inline(never)
    private borrowing func exit(reporting error: SystemError) -> Never {
        StandardError.write("doorward: \(error)")
        Processes.exit(1)
    }
}
