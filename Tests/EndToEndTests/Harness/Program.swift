// Running a program of the machine to its end.
import Foundation
import Glibc

/// What a program did.
struct Outcome {
    /// Exit status; the signal's number and 128 when it was killed.
    let status: Int32
    let output: String
    let error: String
}

/// A test cannot go on.
struct HarnessError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}

/// Runs a program found along PATH and sbin, with a deadline.
///
/// - Parameter seconds: after which it is killed, and the outcome says so.
func run(
    _ command: [String], input: String = "", directory: String? = nil, environment: [String: String] = [:],
    seconds: Double = 30
) throws -> Outcome {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = command
    var variables = ProcessInfo.processInfo.environment
    variables["PATH"] = (variables["PATH"] ?? "/usr/bin:/bin") + ":/usr/sbin:/sbin"
    process.environment = variables.merging(environment) { $1 }
    if let directory { process.currentDirectoryURL = URL(fileURLWithPath: directory) }
    let (stdin, stdout, stderr) = (Pipe(), Pipe(), Pipe())
    process.standardInput = stdin
    process.standardOutput = stdout
    process.standardError = stderr
    try process.run()
    let pid = process.processIdentifier
    let deadline = DispatchWorkItem { kill(pid, SIGKILL) }
    DispatchQueue.global().asyncAfter(deadline: .now() + seconds, execute: deadline)
    let output = Collector(stdout.fileHandleForReading)
    let error = Collector(stderr.fileHandleForReading)
    // A program that ends without reading its input is no failure of ours.
    signal(SIGPIPE, SIG_IGN)
    try? stdin.fileHandleForWriting.write(contentsOf: Data(input.utf8))
    try? stdin.fileHandleForWriting.close()
    process.waitUntilExit()
    deadline.cancel()
    let status = process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    return Outcome(status: status, output: output.text(), error: error.text())
}

/// Reads a stream to its end beside everything else.
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
