// Runs a program of this project and reads its output: at start and at reload, never for a connection.
internal import CLinux

/// The output of a command, and how it ended.
package struct CommandResult: Sendable {
    package let output: [UInt8]
    package let end: ProcessEnd.Way

    package init(output: [UInt8], end: ProcessEnd.Way) {
        self.output = output
        self.end = end
    }
}

/// A command that was started, and what it has printed so far. Its owner reaps it.
package struct RunningCommand: ~Copyable {
    package let pid: Int32
    private let output: Descriptor
    private let mostBytes: Int
    package private(set) var bytes: [UInt8] = []
    /// Whether the command, and every process that shares its output, has closed it.
    package private(set) var isAtEnd = false

    fileprivate init(pid: Int32, output: consuming Descriptor, mostBytes: Int) {
        self.pid = pid
        self.output = output
        self.mostBytes = mostBytes
    }

    /// The descriptor of its output, for a poller.
    package var number: Int32 { output.number }

    /// Reads what has been printed since, at most 64 KiB of it. Never waits.
    ///
    /// - Returns: whether there was something to read.
    /// Errors: read(2); EFBIG when it has printed too much.
    @discardableResult
    package mutating func read() throws(SystemError) -> Bool {
        guard !isAtEnd else { return false }
        var buffer = [UInt8](repeating: 0, count: 65536)
        let count: Int
        do throws(SystemError) {
            count = try output.read(into: &buffer)
        } catch  where error.errno == .again {
            return false
        }
        isAtEnd = count == 0
        bytes += buffer[..<count]
        if bytes.count > mostBytes { throw SystemError("read from command", .fileTooLarge) }
        return count > 0
    }
}

package enum Commands {
    /// Starts a program, with /dev/null as its input. It shares this process's descriptor 2.
    ///
    /// - Parameter mostBytes: how many bytes it may print.
    /// Errors: pipe(2), fork(2).
    package static func start(
        _ program: OwnProgram, _ arguments: [String], mostBytes: Int
    ) throws(SystemError) -> RunningCommand {
        var readEnd: Int32 = -1
        let pid = unsafe try withStringArray(arguments) { (strings) throws(SystemError) in
            try retrying("run command") { unsafe clinux_run(program.number, strings, &readEnd) }
        }
        return RunningCommand(pid: pid, output: Descriptor(owning: readEnd), mostBytes: mostBytes)
    }

    /// Runs a program to its end, and waits for that; for a process that does nothing else meanwhile.
    ///
    /// - Parameter withinNanoseconds: how long it may run; then it is killed (ETIMEDOUT).
    /// Errors: pipe(2), fork(2), read(2), pidfd_open(2); EFBIG when it prints too much, and it is killed.
    package static func run(
        _ program: OwnProgram, _ arguments: [String], mostBytes: Int, withinNanoseconds: Int64
    ) throws(SystemError) -> CommandResult {
        var command = try start(program, arguments, mostBytes: mostBytes)
        do throws(SystemError) {
            let deadline = Clock.monotonicNanoseconds() + withinNanoseconds
            var poller = try Poller()
            try poller.add(command.number, token: 0)
            while !command.isAtEnd {
                try wait(&poller, until: deadline)
                try command.read()
            }
            // A program that has closed its output may still run.
            try waitForEnd(of: command.pid, until: deadline)
            return CommandResult(output: command.bytes, end: try Processes.waitForEnd(of: command.pid))
        } catch {
            Processes.signal(command.pid, .kill)
            _ = try Processes.waitForEnd(of: command.pid)
            throw error
        }
    }

    private static func waitForEnd(of pid: Int32, until deadline: Int64) throws(SystemError) {
        let process = Descriptor(owning: try retrying("pidfd_open") { clinux_open_process(pid) })
        var poller = try Poller()
        try poller.add(process.number, token: 0)
        try wait(&poller, until: deadline)
    }

    private static func wait(_ poller: inout Poller, until deadline: Int64) throws(SystemError) {
        while try poller.wait(timeoutNanoseconds: max(deadline - Clock.monotonicNanoseconds(), 0)) == 0 {
            guard Clock.monotonicNanoseconds() < deadline else { throw SystemError("wait for command", .timedOut) }
        }
    }

    /// Replaces this program by another, which keeps the descriptors and the environment. Returns only by an error.
    ///
    /// Errors: execve(2).
    package static func become(_ path: String, _ arguments: [String]) throws(SystemError) {
        _ = unsafe try withStringArray(arguments) { (strings) throws(SystemError) in
            try retrying("execute") { unsafe clinux_become(path, strings) }
        }
    }

    /// The absolute path of the running program. Source: proc(5), /proc/PID/exe.
    package static func ownPath() throws(SystemError) -> String { try Files.target(ofLink: "/proc/self/exe") }
}
