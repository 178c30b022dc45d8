// Running a program of the machine to its end.
import Foundation
import Glibc

/// The result of a program.
struct Outcome {
    /// The exit status, or 128 and the number of the signal that ended it.
    let status: Int32
    let output: String
    let error: String
}

/// The reason why a test cannot go on.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Runs a program found along PATH and sbin, with a deadline.
///
/// - Parameter seconds: the deadline, at which the program is killed.
func run(
    _ command: [String], input: String = "", directory: String? = nil, environment: [String: String] = [:],
    seconds: Double = 30
) throws -> Outcome {
    var variables = ProcessInfo.processInfo.environment
    variables["PATH"] = (variables["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    variables.merge(environment) { $1 }
    let child = try Child(command, directory: directory, variables: variables)
    let deadline = DispatchWorkItem { kill(child.pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: deadline)
    let output = Collector(child.output)
    let error = Collector(child.error)
    // A program may end without reading its input.
    signal(SIGPIPE, SIG_IGN)
    try? child.input.write(contentsOf: Data(input.utf8))
    try? child.input.close()
    let status = child.wait()
    deadline.cancel()
    return Outcome(status: status, output: output.text(), error: error.text())
}

/// A child with a pipe on each of 0, 1 and 2. Foundation's Process would not do: it waits for the end of a socket that
/// any child started meanwhile, such as a supervisor, may hold open.
struct Child {
    let pid: pid_t
    let input, output, error: FileHandle

    /// - Parameter directory: the child's working directory; nil for that of this process.
    init(_ command: [String], directory: String? = nil, variables: [String: String]) throws {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        var pipes: [[Int32]] = []
        for number in Int32(0)...2 {
            var ends: [Int32] = [-1, -1]
            guard pipe(&ends) == 0 else { throw HarnessError("pipe: errno \(errno)") }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
            posix_spawn_file_actions_adddup2(&actions, number == 0 ? ends[0] : ends[1], number)
            pipes.append(ends)
        }
        var arguments = (["env"] + (directory.map { ["-C", $0] } ?? []) + command).map { strdup($0) } + [nil]
        var entries = variables.map { strdup("\($0.key)=\($0.value)") } + [nil]
        defer { for pointer in arguments + entries { free(pointer) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, "/usr/bin/env", &actions, nil, &arguments, &entries)
        for (number, ends) in pipes.enumerated() { close(number == 0 ? ends[0] : ends[1]) }
        input = FileHandle(fileDescriptor: pipes[0][1], closeOnDealloc: true)
        output = FileHandle(fileDescriptor: pipes[1][0], closeOnDealloc: true)
        error = FileHandle(fileDescriptor: pipes[2][0], closeOnDealloc: true)
        guard result == 0 else { throw HarnessError("posix_spawn: errno \(result)") }
        self.pid = pid
    }

    /// Waits for the child's end, and returns its exit status, or 128 and the number of the signal that ended it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? status >> 8 & 0xff : 128 + status & 0x7f
    }
}

/// Reads a stream to its end in a thread of its own.
private final class Collector: @unchecked Sendable {
    private var data = Data()
    private let done = DispatchSemaphore(value: 0)

    init(_ handle: FileHandle) {
        let thread = Thread { [self] in
            data = handle.readDataToEndOfFile()
            done.signal()
        }
        thread.start()
    }

    func text() -> String {
        done.wait()
        return String(decoding: data, as: UTF8.self)
    }
}

/// Whether the tests run as root.
let isRoot = getuid() == 0
