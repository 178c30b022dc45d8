// The process that writes the log: the lines of the supervisor, of the resolver and of each gate come by a pipe each,
// and nobody else has the log's descriptor. So a process that was taken over cannot change or empty the log, or write
// into it what others say; and a log that is slow, full or broken keeps nobody from anything.
// It has a user of its own, no files and no network. One thread, one loop. It ends when the supervisor has ended and
// every pipe is at its end.
internal import EventLog
internal import LinuxSystem
internal import Messages
package import ProcessSetup
internal import Sandbox

/// The writer, from its start to its end.
package struct LogWriter: ~Copyable {
    private let supervisor: ChildEnd
    private var poller: Poller
    private let destination: Int32
    /// By number, counted from 1.
    private var sources: [UInt64: LineSource] = [:]
    private var lastSource: UInt64 = 0
    private var output = LogOutput()
    /// Makes lines; writes none.
    private var log = EventLog()
    private var buffer = [UInt8](repeating: 0, count: 16384)
    private var hasSupervisor = true
    /// Whether the supervisor has sent a message that this process does not know. Only the first is logged.
    private var hasGotUnknown = false

    private static let supervisorToken: UInt64 = 0
    /// How long a log without room is waited for, once there is no supervisor any more.
    private static let lastMilliseconds: Int32 = 2000

    /// Runs a writer in a process that was started for it. Its descriptor 2 is the log.
    package static func serve(_ setup: LogWriterSetup) -> Never {
        do {
            try Processes.setName("log")
            // Each source has a descriptor here, and a process may have a thousand by default.
            try ProcessLimits.raise(ProcessLimits.files)
            _ = try SignalQueue([])
            _ = try Sandbox.enter(setup.sandbox)
            let writer = try LogWriter(supervisor: ChildEnd(adopting: setup.channel))
            writer.supervisor.offer(WorkerReport.ready.bytes)
            writer.run()
        } catch {
            ChildEnd(adopting: setup.channel).offer(WorkerReport.failed("\(error)").bytes)
        }
        Processes.exit(1)
    }

    /// - Parameter destination: the log's descriptor.
    init(supervisor: consuming ChildEnd, destination: Int32 = 2) throws(SystemError) {
        let poller = try Poller()
        try poller.add(supervisor.number, token: Self.supervisorToken)
        self.poller = poller
        self.supervisor = supervisor
        self.destination = destination
    }

    private consuming func run() {
        do throws(SystemError) {
            while try turn() {}
            Processes.exit(0)
        } catch {
            supervisor.offer(WorkerReport.failed("\(error)").bytes)
            Processes.exit(1)
        }
    }

    /// Waits for lines or orders, and handles them.
    ///
    /// - Returns: whether there may be more.
    mutating func turn() throws(SystemError) -> Bool {
        let ready = try poller.wait(timeoutNanoseconds: nil)
        for index in 0..<ready where poller.token(at: index) == Self.supervisorToken { try obeyOrders() }
        // The supervisor's lines last: what it says of a gate comes after what the gate has said itself.
        for isSupervisor in [false, true] {
            for index in 0..<ready { try read(poller.token(at: index), ifSupervisor: isSupervisor) }
        }
        if !output.isEmpty {
            try writeOutput()
            try rest()
        }
        return hasSupervisor || !sources.isEmpty
    }

    private mutating func read(_ number: UInt64, ifSupervisor: Bool) throws(SystemError) {
        guard number != Self.supervisorToken, let source = sources[number], source.isSupervisor == ifSupervisor
        else { return }
        if try !source.read(into: &buffer, &log, &output) {
            try poller.remove(source.number)
            sources[number] = nil
        }
    }

    /// Waits a moment before the next lines, so that a busy service does not wake this process for each of its lines.
    private func rest() throws(SystemError) {
        guard hasSupervisor else { return }
        _ = try Poller.waitForEither(output: -1, input: supervisor.number, milliseconds: 1)
    }

    /// Writes everything that has come. Meanwhile no pipe is read, so that those who write faster than the log lose
    /// lines of their own; but orders are obeyed.
    private mutating func writeOutput() throws(SystemError) {
        while !output.isEmpty {
            let order: Int32 = hasSupervisor ? supervisor.number : -1
            let either = try Poller.waitForEither(
                output: destination, input: order, milliseconds: hasSupervisor ? nil : Self.lastMilliseconds)
            if either.input { try obeyOrders() }
            if either.output {
                output.writeSome(to: destination, &log)
            } else if !hasSupervisor, !either.input {
                Processes.exit(1)
            }
        }
    }

    private mutating func obeyOrders() throws(SystemError) {
        while hasSupervisor {
            switch try supervisor.receive() {
            case .nothing: return
            case .closed: try forgetSupervisor()
            case .message(let bytes, let passed):
                switch LogOrder.read(bytes) {
                case .message(.source(let source)):
                    guard let pipe = passed.takeFirst() else { continue }
                    lastSource += 1
                    try poller.add(pipe.number, token: lastSource)
                    sources[lastSource] = LineSource(source, pipe)
                case .message(.finish): try forgetSupervisor()
                case .message(.signOfLife): supervisor.offer(WorkerReport.alive.bytes)
                case .unknown, .nonsense: noteUnknown(bytes)
                }
            }
        }
    }

    private mutating func noteUnknown(_ bytes: [UInt8]) {
        guard !hasGotUnknown else { return }
        hasGotUnknown = true
        log.begin("unknown_message", wallNanoseconds: Clock.wallNanoseconds())
        log.field("from", "supervisor" as StaticString)
        log.field("pid", Int(Processes.ownPID))
        log.field("byte", Int(bytes.first ?? 0))
        var line: [UInt8] = []
        log.end(addingTo: &line)
        output.add(line.dropLast())
    }

    private mutating func forgetSupervisor() throws(SystemError) {
        hasSupervisor = false
        try poller.remove(supervisor.number)
    }
}
