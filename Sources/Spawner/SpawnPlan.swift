// A plan is made once for each service, and spawn(connection) follows it. It contains everything that is known before a
// connection comes: strings, arrays, limits, and launches for the children on their way to exec.
// Promises: nothing is allocated and no name is looked up between accept and exec (CSpawn.h describes how the child
// runs).
internal import CSpawn
package import LinuxSystem
package import ServiceModel

/// How the children of one service start.
@safe
package struct SpawnPlan: ~Copyable {
    private var memory = PlanMemory()
    /// A block of targets for each change that rules make, the block without a change first. A block has a target for
    /// each position in the chain of programs, then one for each check.
    private let targets: [LaunchTarget]
    /// The number of each rule's change: most of a thousand rules have the same change, and each change takes memory.
    private let changes: [Int]
    private let chainLength: Int
    private let checkCount: Int
    /// The position of the handler in the chain.
    private let handlerPosition: Int
    private var launches: InlineArray<8, Launch>
    private let standardError: Service.StandardError
    private let log: Int32
    private let null: Int32

    /// The PATH of a handler with a service that sets none.
    package static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// - Parameters:
    ///   - log: the descriptor that handlers with `stderr = "log"` write to; outlives the plan.
    ///   - null: a descriptor on /dev/null that outlives the plan.
    ///   - confinement: what the sandbox prepared for each child.
    package init(
        service: Service, limits: [ResourceLimit], log: Int32, null: Int32, confinement: ChildConfinement = .none
    ) {
        var memory = PlanMemory()
        var plan = unsafe cspawn_plan()
        unsafe plan.injected_stage = Int32(cspawn_no_stage)
        unsafe plan.domain = confinement.domain ?? Int32(cspawn_no_descriptor)
        unsafe plan.scopes_signals = confinement.scopesSignals ? 1 : 0
        unsafe setLimits(limits, of: &plan)
        let directory = confinement.handlerDirectory
        var targets: [LaunchTarget] = unsafe []
        let (changes, examples) = service.changes
        self.changes = changes
        for rule in [nil] + examples as [Int?] {
            let extra = rule.map { service.access[$0].environment } ?? []
            let commands = service.chain(rule: rule).map(\.command) + service.admission.checks.programs
            for command in commands {
                unsafe targets.append(
                    makeTarget(command, of: service, extra: extra, from: directory, in: &memory))
            }
        }
        let lists = ListVariables(of: service.admission.dnsbl, in: &memory)
        launches = InlineArray { _ in unsafe Launch(in: &memory, plan: plan, targets: targets, lists: lists) }
        unsafe self.targets = targets
        chainLength = service.inputFilters.count + 1 + service.outputFilters.count
        checkCount = service.admission.checks.programs.count
        handlerPosition = service.inputFilters.count
        self.memory = memory
        standardError = service.standardError
        self.log = log
        self.null = null
    }

    /// Starts the handler of one connection, and does not wait for it: a child that fails before exec exits, and
    /// ``takeFailure(of:)`` returns the reason after its end.
    ///
    /// - Parameters:
    ///   - connection: the accepted socket; becomes 0 and 1. The caller keeps its own copy and closes it.
    ///   - rule: the access rule that admitted the connection, nil for none.
    /// - Returns: the child's pid.
    /// Errors: clone(2); EAGAIN when too many failed children wait to be reaped. In both cases the caller may try
    /// again.
    package mutating func spawn(
        _ connection: borrowing Descriptor, rule: Int?, facts: ConnectionFacts
    ) throws(SystemError) -> Int32 {
        let number = connection.number
        let streams = ChildStreams(input: number, output: number, connection: number)
        return try spawn(handlerPosition, streams, rule: rule, facts: facts)
    }

    /// Starts one program of a connection, in the way of ``spawn(_:rule:facts:)``.
    ///
    /// - Parameters:
    ///   - position: the program's position in the service's chain, from 0.
    ///   - streams: become its 0 and 1; the caller keeps its own copies.
    package mutating func spawn(
        _ position: Int, _ streams: ChildStreams, rule: Int?, facts: ConnectionFacts
    ) throws(SystemError) -> Int32 {
        try start(index(rule: rule, position: position), streams, facts: facts)
    }

    /// Starts a check on a connection that has no handler yet, in the way of ``spawn(_:rule:facts:)``. It gets nothing
    /// of the connection but its variables.
    ///
    /// - Parameter number: which of the service's checks, from 0.
    package mutating func spawn(check number: Int, rule: Int?, facts: ConnectionFacts) throws(SystemError) -> Int32 {
        // A check's descriptor 2 never reaches the peer, whatever the service says for its handlers.
        let streams = ChildStreams(input: null, output: null, connection: log)
        return try start(index(rule: rule, position: chainLength + number), streams, facts: facts)
    }

    private mutating func start(
        _ target: Int, _ streams: ChildStreams, facts: ConnectionFacts
    ) throws(SystemError) -> Int32 {
        guard let free = freeLaunch() else { throw SystemError("launch", .again) }
        unsafe launches[free].prepare(targets[target], at: target, facts: facts)
        let error = standardErrorNumber(connection: streams.connection)
        return try launches[free].start(streams, error: error, for: .connection)
    }

    private func index(rule: Int?, position: Int) -> Int {
        (rule.map { changes[$0] } ?? 0) * (chainLength + checkCount) + position
    }

    /// The reason why an ended child failed before its program started; nil when it did not. The caller asks once for
    /// each child.
    package mutating func takeFailure(of pid: Int32) -> LaunchFailure? {
        // An older launch may still have the same pid, of a child that is gone: only a failure counts.
        for index in launches.indices where launches[index].pid == pid && !launches[index].isRunning {
            if let failure = launches[index].takeFailure() { return failure }
        }
        return nil
    }

    /// Does everything that a spawn does except exec, so that a service with handlers that could not start reports it
    /// before its first connection. The connection is /dev/null. Waits for the child's end and reaps it.
    ///
    /// - Returns: the failure, or nil. The stage `clone` means that no child could be made.
    package mutating func rehearse() -> LaunchFailure? {
        let error = standardErrorNumber(connection: null)
        do throws(SystemError) {
            let streams = ChildStreams(input: null, output: null, connection: null)
            let pid = try launches[0].start(streams, error: error, for: .rehearsal)
            launches[0].wait()
            try Processes.reap(pid)
        } catch {
            return LaunchFailure(stage: error.act, errno: error.errno)
        }
        return launches[0].takeFailure()
    }

    /// A launch that a child can start from. When all have children on their way, waits for one, which takes no longer
    /// than an exec. nil when all hold failures that were not taken yet.
    private func freeLaunch() -> Int? {
        for index in launches.indices where launches[index].isFree { return index }
        for index in launches.indices where launches[index].isRunning {
            launches[index].wait()
            if launches[index].isFree { return index }
        }
        return nil
    }

    private func standardErrorNumber(connection: Int32) -> Int32 {
        switch standardError {
        case .log: log
        case .socket: connection
        case .null: null
        }
    }
}

extension SpawnPlan {
    /// The environment that the handler of a connection gets, `NAME=value` each.
    package mutating func environment(rule: Int?, facts: ConnectionFacts) -> [String] {
        let target = index(rule: rule, position: handlerPosition)
        unsafe launches[0].prepare(targets[target], at: target, facts: facts)
        return launches[0].environment
    }

    /// The stages of a child, in order, by the names that a failure has.
    package static var stages: [String] { (0..<Int32(cspawn_stage_count.rawValue)).map(stageName) }

    /// Fault injection, for tests: from now on this stage of every child fails with this error.
    package mutating func injectFailure(stage: String, _ errno: Errno) {
        guard let index = Self.stages.firstIndex(of: stage) else { preconditionFailure("no stage is called \(stage)") }
        for launch in launches.indices { launches[launch].injectFailure(stage: Int32(index), errno) }
    }
}

private func setLimits(_ limits: [ResourceLimit], of plan: inout cspawn_plan) {
    precondition(limits.count <= Int(cspawn_most_limits), "a plan has no room for so many limits")
    unsafe plan.limit_count = UInt32(limits.count)
    // Sound: the tuple is an array of cspawn_most_limits elements, and the count was checked.
    unsafe withUnsafeMutableBytes(of: &plan.limits) { bytes in
        let slots = unsafe bytes.bindMemory(to: cspawn_limit.self)
        for (index, limit) in limits.enumerated() {
            unsafe slots[index] = cspawn_limit(resource: limit.resource, value: limit.value)
        }
    }
}

private func makeTarget(
    _ command: HandlerCommand, of service: Service, extra: [EnvironmentVariable], from directory: Int32?,
    in memory: inout PlanMemory
) -> LaunchTarget {
    var values: [(String, String)] = [("PATH", SpawnPlan.standardPath), ("DOORWARD_SERVICE", service.name)]
    for variable in service.environment + extra {
        values.removeAll { $0.0 == variable.name }
        values.append((variable.name, variable.value))
    }
    var arguments: [UnsafeMutablePointer<CChar>] = unsafe []
    for argument in command.arguments { unsafe arguments.append(memory.string(argument)) }
    var entries: [FixedEntry] = unsafe []
    for (name, value) in values {
        unsafe entries.append(FixedEntry(name: name, entry: memory.string("\(name)=\(value)")))
    }
    let isRelative = directory != nil && command.isBare
    return unsafe LaunchTarget(
        directory: isRelative ? directory! : Int32(cspawn_no_descriptor),
        path: UnsafePointer(memory.string(isRelative ? command.arguments[0] : command.path)),
        arguments: memory.array(arguments), fixedEntries: entries)
}
