// Starts a handler as Doorward does: descriptors 0 and 1 are the connection, 2 is a log, and no other is open. The
// executables are those in the directory of the tests, or those in DOORWARD_HANDLERS_DIR (the embedded ones):
// directories with colons between them, of which the first that has the program counts. A test must call `wait`, which
// closes the descriptors; then no process and no descriptor is left.
import Glibc

/// The kind of the handler's descriptors 0 and 1.
enum Transport: CaseIterable {
    case pipes
    case socket
    case tcp
    /// A socket that keeps the pieces of the peer apart: the handler gets each with one read.
    case packets

    /// The kinds that handlers get in service, or by hand.
    static let allCases: [Transport] = [.pipes, .socket, .tcp]
}

/// The end of a handler.
struct HandlerResult: Equatable {
    /// The exit status, or 1000 plus the number of a signal.
    let status: Int32
    /// The bytes that it wrote on descriptor 2.
    let log: String
    /// The peak of its memory up to the end of its input, in KB; 0 if the handler ended before.
    let peakMemory: Int
}

/// A handler, seen from the peer.
final class RunningHandler {
    private(set) var process: pid_t = 0
    /// The descriptor that the peer writes to; -1 after it is closed.
    private(set) var input: Int32
    /// The descriptor that the peer reads from; for a socket, the same as `input`.
    private(set) var output: Int32
    private let log: Int32
    private var peakMemory = 0

    init(_ name: String, _ arguments: [String] = [], over transport: Transport = .pipes, environment: [String] = []) {
        var theirs: [Int32]
        switch transport {
        case .pipes:
            let toHandler = pipePair()
            let fromHandler = pipePair()
            (input, output) = (toHandler[1], fromHandler[0])
            theirs = [toHandler[0], fromHandler[1]]
        case .socket, .tcp, .packets:
            let ends = transport == .tcp ? tcpPair() : socketPair(transport == .packets ? SOCK_SEQPACKET : SOCK_STREAM)
            (input, output) = (ends[0], ends[0])
            theirs = [ends[1]]
        }
        let logPipe = pipePair()
        log = logPipe[0]
        theirs.append(logPipe[1])
        process = spawn(programPath(name), arguments, environment, theirs[0], theirs[theirs.count - 2], logPipe[1])
        for end in theirs { close(end) }
    }

    /// Sends bytes; those that a handler that has ended does not take are dropped.
    func send(_ bytes: [UInt8]) {
        signal(SIGPIPE, SIG_IGN)
        var sent = 0
        while sent < bytes.count {
            // Sound: the address and the count are those of the rest of the array.
            let result = unsafe bytes.withUnsafeBytes { unsafe write(input, $0.baseAddress! + sent, $0.count - sent) }
            if result <= 0 { return }
            sent += result
        }
    }

    func send(_ text: String) { send(Array(text.utf8)) }

    /// Whether the handler takes bytes within this time.
    func canSend(milliseconds: Int32) -> Bool {
        var entry = pollfd(fd: input, events: Int16(POLLOUT), revents: 0)
        // Sound: the call gets one entry.
        return unsafe poll(&entry, 1, milliseconds) == 1
    }

    /// Sends SIGTERM, as Doorward does.
    func terminate() { kill(process, SIGTERM) }

    /// Ends the peer's output.
    func endInput() {
        peakMemory = residentPeak()
        if input == output { shutdown(input, Int32(SHUT_WR)) } else { closeInput() }
    }

    /// The peak of the handler's resident memory so far, in KB. The figure of wait4(2) would include the memory of this
    /// process, which a child has until its exec.
    private func residentPeak() -> Int {
        // Sound: the call does not keep the path.
        let file = unsafe open("/proc/\(process)/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        let lines = String(decoding: readToEnd(file), as: UTF8.self).split(separator: "\n")
        return lines.first { $0.hasPrefix("VmHWM:") }.flatMap { Int($0.filter(\.isNumber)) } ?? 0
    }

    /// Closes both directions.
    func hangUp() {
        closeOutput()
        closeInput()
    }

    /// Closes the output of the handler; for pipes only, because a socket would lose its other direction too.
    func closeOutput() {
        if output >= 0, output != input { close(output) }
        output = -1
    }

    private func closeInput() {
        if input >= 0 { close(input) }
        input = -1
    }

    /// Reads once: at most this number of bytes, none at the end.
    func receive(_ count: Int = 65536) -> [UInt8] {
        readOnce(output, count)
    }

    /// Reads everything up to the end.
    func receiveAll() -> String {
        String(decoding: readToEnd(output), as: UTF8.self)
    }

    /// Reads until this number of bytes came, or the end.
    func receive(exactly count: Int) -> String {
        String(decoding: receive(exactly: count, timeout: -1), as: UTF8.self)
    }

    /// Reads until this number of bytes came, or the end, or no byte for this time; -1 waits without a limit.
    func receive(exactly count: Int, timeout milliseconds: Int32) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            var entry = pollfd(fd: output, events: Int16(POLLIN), revents: 0)
            // Sound: the call gets one entry.
            guard unsafe poll(&entry, 1, milliseconds) == 1 else { break }
            let more = receive(count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    /// Whether the next read finds the end: no byte, and no reset.
    func seesOrderlyEnd() -> Bool {
        var byte: UInt8 = 0
        // Sound: the call fills one byte.
        return unsafe read(output, &byte, 1) == 0
    }

    /// Waits for the end of the handler.
    func wait() -> HandlerResult {
        let text = String(decoding: readToEnd(log), as: UTF8.self)
        close(log)
        let status = endingStatus(of: process)
        hangUp()
        return HandlerResult(status: status, log: text, peakMemory: peakMemory)
    }
}

/// Waits for a process and returns its exit status, or 1000 plus the number of a signal.
func endingStatus(of process: pid_t) -> Int32 {
    var status: Int32 = 0
    // Sound: the call fills one variable.
    let waited = unsafe waitpid(process, &status, 0)
    precondition(waited == process)
    return status & 0x7f == 0 ? status >> 8 & 0xff : 1000 + status & 0x7f
}

/// Sends the input, ends it, and returns all output and the end of the handler.
func session(
    _ name: String, _ arguments: [String] = [], over transport: Transport = .pipes, environment: [String] = [],
    input: String = ""
) -> (output: String, ending: HandlerResult) {
    let handler = RunningHandler(name, arguments, over: transport, environment: environment)
    handler.send(input)
    handler.endInput()
    let output = handler.receiveAll()
    return (output, handler.wait())
}

/// The peak of a handler's memory, in KB, after it has answered one line.
func memoryOfOneLine(_ name: String, _ arguments: [String] = []) -> Int {
    let handler = RunningHandler(name, arguments, over: .socket)
    handler.send("x\n")
    _ = handler.receive()
    handler.endInput()
    _ = handler.receiveAll()
    return handler.wait().peakMemory
}

/// The path of a program: of a handler by its name, of another program by its path.
func programPath(_ name: String) -> String {
    if name.contains("/") { return name }
    let paths = directories.map { $0 + "/" + name }
    // Sound: the call does not keep the path.
    return paths.first { unsafe access($0, X_OK) == 0 } ?? paths[0]
}

private let directories: [String] = {
    // Sound: the texts of getenv and readlink are copied at once.
    if let chosen = unsafe getenv("DOORWARD_HANDLERS_DIR") {
        return unsafe String(cString: chosen).split(separator: ":").map(String.init)
    }
    let path = unsafe [UInt8](unsafeUninitializedCapacity: 4096) { buffer, count in
        unsafe buffer.withMemoryRebound(to: CChar.self) { text in
            unsafe count = max(0, readlink("/proc/self/exe", text.baseAddress!, text.count))
        }
    }
    return [String(decoding: path.prefix(upTo: path.lastIndex(of: 0x2f) ?? 0), as: UTF8.self)]
}()

func spawn(
    _ path: String, _ arguments: [String], _ environment: [String], _ input: Int32, _ output: Int32, _ log: Int32
) -> pid_t {
    var actions = unsafe posix_spawn_file_actions_t()
    var process: pid_t = 0
    // Sound: the strings are valid until the call returns, and both lists end in NULL.
    unsafe posix_spawn_file_actions_init(&actions)
    unsafe posix_spawn_file_actions_adddup2(&actions, input, 0)
    unsafe posix_spawn_file_actions_adddup2(&actions, output, 1)
    unsafe posix_spawn_file_actions_adddup2(&actions, log, 2)
    // The handler must not get other descriptors that the tests were started with.
    for descriptor in Int32(3)..<1024 where fcntl(descriptor, F_GETFD) == 0 {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    }
    var attributes = posix_spawnattr_t()
    var pipeSignal = sigset_t()
    unsafe posix_spawnattr_init(&attributes)
    unsafe sigemptyset(&pipeSignal)
    unsafe sigaddset(&pipeSignal, SIGPIPE)
    unsafe posix_spawnattr_setsigdefault(&attributes, &pipeSignal)
    unsafe sigemptyset(&pipeSignal)
    unsafe posix_spawnattr_setsigmask(&attributes, &pipeSignal)
    unsafe posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let argumentList = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
    let environmentList = unsafe environment.map { unsafe strdup($0) } + [nil]
    let result = unsafe posix_spawn(&process, path, &actions, &attributes, argumentList, environmentList)
    unsafe (argumentList + environmentList).forEach { unsafe free($0) }
    unsafe posix_spawn_file_actions_destroy(&actions)
    unsafe posix_spawnattr_destroy(&attributes)
    precondition(result == 0, "cannot start \(path)")
    return process
}
