// The place of one child between clone and exec: its stack, its plan, the variables of its connection. The child runs
// in this process's memory while this process goes on. Until the child has left, the place belongs to it, and this
// process touches nothing in it.
internal import Addresses
internal import CSpawn
package import LinuxSystem

/// A NULL-terminated array of C strings, and its strings.
typealias StringArray = UnsafePointer<UnsafeMutablePointer<CChar>?>

/// The program to execute, and the environment entries that are the same for every connection.
@unsafe
struct LaunchTarget {
    /// Where a relative path starts; ``cspawn_no_descriptor`` for an absolute one.
    var directory: Int32
    var path: UnsafePointer<CChar>
    var arguments: StringArray
    var fixedEntries: [FixedEntry]
}

@safe
struct Launch: ~Copyable {
    private let state: UnsafeMutablePointer<cspawn_launch>
    private var variables: ConnectionVariables
    /// The environment for a TCP connection, by target.
    private var internet: [EnvironmentArray] = []
    private var unix: [EnvironmentArray] = []
    private let lists: ListVariables
    /// The child that was started here last.
    private(set) var pid: Int32 = 0

    private static let stackSize = 32 << 10

    /// - Parameters:
    ///   - memory: outlives the launch, and every child of it.
    ///   - plan: the part that is the same for every child.
    ///   - lists: the variables that DNS block lists may set, the same for every launch.
    init(in memory: inout PlanMemory, plan: cspawn_plan, targets: [LaunchTarget], lists: ListVariables) {
        self.lists = lists
        variables = ConnectionVariables(in: &memory)
        let room = unsafe memory.room(bytes: MemoryLayout<cspawn_launch>.size)
        unsafe state = room.bindMemory(to: cspawn_launch.self, capacity: 1)
        unsafe state.pointee.plan = plan
        unsafe state.pointee.failure.stage = Int32(cspawn_no_stage)
        unsafe state.pointee.stack = memory.room(bytes: Self.stackSize)
        unsafe state.pointee.stack_size = Self.stackSize
        for index in unsafe targets.indices {
            let fixed = unsafe targets[index].fixedEntries
            unsafe internet.append(
                EnvironmentArray(in: &memory, variables: variables.internetEntries, fixed: fixed, lists: lists))
            unsafe unix.append(
                EnvironmentArray(in: &memory, variables: variables.unixEntries, fixed: fixed, lists: lists))
        }
    }

    /// Whether the child is still in this process's memory.
    var isRunning: Bool { unsafe cspawn_is_running(state) != 0 }

    /// Whether another child may start here: the last one has left, and its failure, if any, was taken.
    var isFree: Bool { unsafe !isRunning && state.pointee.failure.stage == cspawn_no_stage }

    /// Waits until the child has left this process's memory.
    func wait() { unsafe cspawn_wait(state) }

    /// Prepares a free launch for one connection. Allocates nothing.
    mutating func prepare(_ target: LaunchTarget, at index: Int, facts: ConnectionFacts) {
        variables.set(facts)
        let isUnix = if case .unix = facts.peer { true } else { false }
        unsafe state.pointee.plan.directory = target.directory
        unsafe state.pointee.plan.path = target.path
        unsafe state.pointee.plan.arguments = target.arguments
        let array = isUnix ? unix[index] : internet[index]
        let further = unsafe (
            facts.id == nil ? nil : variables.connection.start, facts.isPressed ? variables.pressure : nil
        )
        unsafe state.pointee.plan.environment = array.set(further, lists: lists, matches: facts.lists)
    }

    /// What a child is for, apart from its connection.
    enum Purpose { case connection, rehearsal }

    /// Starts a child.
    ///
    /// - Parameters:
    ///   - streams: become its descriptors 0 and 1.
    ///   - error: becomes its descriptor 2.
    /// - Returns: its pid.
    /// Errors: clone(2).
    mutating func start(_ streams: ChildStreams, error: Int32, for purpose: Purpose) throws(SystemError) -> Int32 {
        unsafe state.pointee.plan.input = streams.input
        unsafe state.pointee.plan.output = streams.output
        unsafe state.pointee.plan.error = error
        unsafe state.pointee.plan.rehearsal = purpose == .rehearsal ? 1 : 0
        pid = try retrying("clone") { unsafe cspawn_start(state) }
        return pid
    }

    /// The environment that was prepared, `NAME=value` each.
    var environment: [String] {
        var entries: [String] = []
        // Sound: a NULL-terminated array of strings that live as long as this launch.
        var next = unsafe state.pointee.plan.environment
        while let place = unsafe next, let entry = unsafe place.pointee {
            unsafe entries.append(String(cString: entry))
            unsafe next = place + 1
        }
        return entries
    }

    /// The child's failure before exec, or nil. Returns a failure once. The child must have left.
    mutating func takeFailure() -> LaunchFailure? {
        let failure = unsafe state.pointee.failure
        guard failure.stage != cspawn_no_stage else { return nil }
        unsafe state.pointee.failure.stage = Int32(cspawn_no_stage)
        return LaunchFailure(stage: stageName(failure.stage), errno: Errno(failure.error))
    }

    /// Fault injection, for tests.
    mutating func injectFailure(stage: Int32, _ errno: Errno) {
        unsafe state.pointee.plan.injected_stage = stage
        unsafe state.pointee.plan.injected_errno = errno.rawValue
    }
}

/// The name of a stage.
func stageName(_ stage: Int32) -> String {
    // Sound: the string is static.
    unsafe String(cString: cspawn_stage_name(stage))
}

/// A child that failed before its program started.
package struct LaunchFailure: Hashable, Sendable {
    /// One of ``SpawnPlan/stages``.
    package let stage: String
    package let errno: Errno
}
