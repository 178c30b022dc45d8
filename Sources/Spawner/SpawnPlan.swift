// A plan is made once per service; spawn(plan, connection) follows it. Everything that can be known before a connection
// comes is in the plan: strings, arrays, limits, the child's stack.
// Promises: nothing is allocated and no name is looked up between accept and exec (CSpawn.h says how the child runs).
internal import CSpawn
package import LinuxSystem
package import ServiceModel

/// What became of a spawn.
package enum SpawnOutcome: Hashable, Sendable {
    case started(pid: Int32)
    /// The child was made and gave up at this stage; it is reaped already.
    case failed(stage: String, Errno)
    /// No child could be made. ``Errno/isLackOfResources`` says whether to try again.
    case notCloned(Errno)
}

/// How the handlers of one service are started.
@safe
package struct SpawnPlan: ~Copyable {
    private var memory = PlanMemory()
    private var variables: ConnectionVariables
    private var plan = unsafe cspawn_plan()
    private var failure = cspawn_failure()
    /// By rule: index 0 for no rule, n + 1 for rule n.
    private var ways: [Way] = unsafe []
    private let stack: UnsafeMutableRawPointer
    private let standardError: Service.StandardError
    private let null: Int32

    /// What differs between the rules that may admit a connection.
    @unsafe private struct Way {
        var path: UnsafePointer<CChar>
        var arguments: UnsafePointer<UnsafeMutablePointer<CChar>?>
        var internet: UnsafePointer<UnsafeMutablePointer<CChar>?>
        var unix: UnsafePointer<UnsafeMutablePointer<CChar>?>
    }

    private static let stackSize = 64 << 10

    /// - Parameters:
    ///   - log: the descriptor that handlers with `stderr = "log"` write to; 2.
    ///   - null: a descriptor on /dev/null that outlives the plan.
    package init(service: Service, limits: [ResourceLimit], log: Int32, null: Int32) {
        variables = ConnectionVariables(in: &memory)
        unsafe stack = memory.room(bytes: Self.stackSize)
        standardError = service.standardError
        self.null = null
        unsafe plan.error = service.standardError == .null ? null : log
        unsafe plan.injected_stage = Int32(cspawn_no_stage)
        setLimits(limits)
        unsafe ways.append(way(service.handler, service: service, extra: []))
        for rule in service.access {
            unsafe ways.append(way(rule.handler ?? service.handler, service: service, extra: rule.environment))
        }
    }

    private mutating func setLimits(_ limits: [ResourceLimit]) {
        precondition(limits.count <= Int(cspawn_most_limits), "a plan has room for every limit there is")
        unsafe plan.limit_count = UInt32(limits.count)
        // Sound: the tuple is an array of cspawn_most_limits elements, and the count was checked.
        unsafe withUnsafeMutableBytes(of: &plan.limits) { bytes in
            let slots = unsafe bytes.bindMemory(to: cspawn_limit.self)
            for (index, limit) in limits.enumerated() {
                unsafe slots[index] = cspawn_limit(resource: limit.resource, value: limit.value)
            }
        }
    }

    private mutating func way(_ command: HandlerCommand, service: Service, extra: [EnvironmentVariable]) -> Way {
        var values: [(String, String)] = [("PATH", Self.standardPath), ("DOORWARD_SERVICE", service.name)]
        for variable in service.environment + extra {
            values.removeAll { $0.0 == variable.name }
            values.append((variable.name, variable.value))
        }
        let fixed = unsafe values.map { unsafe memory.string("\($0.0)=\($0.1)") }
        return unsafe Way(
            path: UnsafePointer(memory.string(command.path)),
            arguments: memory.array(command.arguments.map { unsafe memory.string($0) }),
            internet: memory.array(variables.internetEntries + fixed),
            unix: memory.array(variables.unixEntries + fixed))
    }

    /// PATH of a handler whose service sets none.
    package static let standardPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

    /// Starts the handler of one connection. Returns when it has executed or failed.
    ///
    /// - Parameters:
    ///   - connection: the accepted socket; becomes 0 and 1. The caller keeps its own copy and closes it.
    ///   - rule: the access rule that admitted it, nil for none.
    package mutating func spawn(_ connection: borrowing Descriptor, rule: Int?, facts: ConnectionFacts) -> SpawnOutcome
    {
        variables.set(facts)
        let isUnix = if case .unix = facts.peer { true } else { false }
        unsafe follow(ways[rule.map { $0 + 1 } ?? 0], isUnix: isUnix)
        unsafe plan.connection = connection.number
        if standardError == .socket { unsafe plan.error = connection.number }
        return start()
    }

    /// Does everything that a spawn does, but for exec: so that a service whose handlers could not start says so before
    /// its first connection. The connection is /dev/null.
    package mutating func rehearse() -> SpawnOutcome {
        unsafe follow(ways[0], isUnix: false)
        unsafe plan.connection = null
        if standardError == .socket { unsafe plan.error = null }
        unsafe plan.rehearsal = 1
        defer { unsafe plan.rehearsal = 0 }
        let outcome = start()
        if case .started(let pid) = outcome { reap(pid) }
        return outcome
    }

    private mutating func follow(_ way: Way, isUnix: Bool) {
        unsafe plan.path = way.path
        unsafe plan.arguments = way.arguments
        unsafe plan.environment = isUnix ? way.unix : way.internet
    }

    private mutating func start() -> SpawnOutcome {
        // Sound: the plan's memory and the stack live as long as self, and the child is done with them on return.
        let pid = unsafe cspawn_start(&plan, stack, Self.stackSize, &failure)
        if pid < 0 { return .notCloned(Errno(-pid)) }
        guard failure.stage != cspawn_no_stage else { return .started(pid: pid) }
        reap(pid)
        // Sound: a static string.
        return .failed(stage: unsafe String(cString: cspawn_stage_name(failure.stage)), Errno(failure.error))
    }

    private func reap(_ pid: Int32) {
        do throws(SystemError) {
            try Processes.reap(pid)
        } catch {
            preconditionFailure("a child that was just made can be waited for: \(error)")
        }
    }
}

extension SpawnPlan {
    /// The stages of a child, in order, by the names that failures are reported with.
    package static var stages: [String] {
        (0..<Int32(cspawn_stage_count.rawValue)).map { unsafe String(cString: cspawn_stage_name($0)) }
    }

    /// Fault injection, for tests: from now on this stage of every child fails with this error.
    package mutating func injectFailure(stage: String, _ errno: Errno) {
        guard let index = Self.stages.firstIndex(of: stage) else { preconditionFailure("no stage is called \(stage)") }
        unsafe plan.injected_stage = Int32(index)
        unsafe plan.injected_errno = errno.rawValue
    }
}
