// The programs that the supervisor starts for its own work, opened when it starts. Each gets its setup, and of this
// process nothing but the descriptors that the setup names.
package import LinuxSystem
internal import Messages
internal import ProcessSetup
internal import ServiceModel

/// The opened programs.
package struct OwnPrograms: Sendable {
    private let gate: OwnProgram
    private let resolver: OwnProgram
    private let logWriter: OwnProgram
    /// What a program has for an environment: the supervisor's may hold what is not for every service.
    private let environment: [String]

    /// Opens the programs in the directory of the supervisor's own one, which are of the same build.
    ///
    /// - Parameters:
    ///   - path: the supervisor's.
    ///   - timeZone: the value of TZ, by which opening hours are read; nil: the machine's.
    /// Errors: open(2).
    package init(beside path: String, timeZone: String?) throws(SystemError) {
        let directory = parentDirectory(of: path)
        self.init(
            gate: try OwnProgram(opening: directory + "/doorward-gate"),
            resolver: try OwnProgram(opening: directory + "/doorward-resolver"),
            logWriter: try OwnProgram(opening: directory + "/doorward-log"), timeZone: timeZone)
    }

    init(gate: OwnProgram, resolver: OwnProgram, logWriter: OwnProgram, timeZone: String?) {
        self.logWriter = logWriter
        self.gate = gate
        self.resolver = resolver
        // No program writes or executes anything when it crashes, in its sandbox or before.
        environment = ["SWIFT_BACKTRACE=enable=no"] + (timeZone.map { ["TZ=\($0)"] } ?? [])
    }

    /// Starts a gate, in a control group.
    ///
    /// - Returns: its pid.
    /// Errors: memfd_create(2), fork(2).
    func startGate(_ setup: GateSetup, _ passed: SetupDescriptors, into group: Int32?) throws(SystemError) -> Int32 {
        try start(gate, "gate \(setup.service.name)", setup, passed, into: group) {
            ChildEnd(adopting: setup.channel).offer(GateMessage.failed("\($0)").bytes)
        }
    }

    /// Starts a resolver.
    ///
    /// - Returns: its pid.
    /// Errors: memfd_create(2), fork(2).
    func startResolver(_ setup: ResolverSetup, _ passed: SetupDescriptors) throws(SystemError) -> Int32 {
        try start(resolver, "resolver", setup, passed, into: nil) {
            ChildEnd(adopting: setup.channel).offer(WorkerReport.failed("\($0)").bytes)
        }
    }

    /// Starts a writer of the log, which is this process's descriptor 2.
    ///
    /// - Returns: its pid.
    /// Errors: memfd_create(2), fork(2).
    func startLogWriter(_ setup: LogWriterSetup, _ passed: SetupDescriptors) throws(SystemError) -> Int32 {
        try start(logWriter, "log", setup, passed, into: nil) {
            ChildEnd(adopting: setup.channel).offer(WorkerReport.failed("\($0)").bytes)
        }
    }

    private func start(
        _ program: OwnProgram, _ name: String, _ setup: some SetupValue, _ passed: SetupDescriptors,
        into group: Int32?, reporting report: (SystemError) -> Void
    ) throws(SystemError) -> Int32 {
        let memory = try setup.sealed()
        return try program.start(
            "doorward: \(name)", passing: passed.all(setup: memory), errors: passed.errors, environment: environment,
            into: group, reporting: report)
    }
}
