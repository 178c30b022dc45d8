// A command of the directory, while it runs.
// Promises to start it without a shell and without any argument from the peer; that it gets a pipe and not the
// connection, and that its output is passed on; and that it and its process group are gone with this value: after its
// own end, after its time, after too much output, or after the peer went away.
internal import CHandler
import HandlerKit

/// The limits of a program.
struct ProgramLimits {
    /// The longest time until its end.
    let time: Duration
    /// The most bytes of its output.
    let output: Int
}

/// How a program ended.
enum ProgramEnd {
    /// By itself, with this status, or by a signal, with 128 plus its number.
    case itself(status: Int)
    /// It took longer than its time.
    case timePassed
    /// It wrote more than its limit; the bytes up to the limit were sent.
    case outputLimit
}

/// A program that was started.
struct RunningProgram: ~Copyable {
    private let program: chandler_program
    private var hasEnded = false

    deinit {
        // Dropped on purpose: `run` returns the status of a program that ends by itself.
        if !hasEnded { _ = Self.end(program) }
    }

    /// - Parameters:
    ///   - user: the name of the user, for REMOTE_USER; empty without a login.
    init(
        directory: StaticBytes, name: borrowing Span<UInt8>, user: borrowing Span<UInt8>
    ) throws(FileError) {
        var started = chandler_program()
        // Sound: each address has its count, and the call fills the structure.
        let result = unsafe directory.bytes.withAddress { directory, directoryCount in
            unsafe name.withAddress { name, nameCount in
                unsafe user.withAddress { user, userCount in
                    unsafe chandler_start_program(
                        directory, directoryCount, name, nameCount, userCount > 0 ? user : nil, userCount, &started)
                }
            }
        }
        guard result == 0 else { throw FileError(errno: -result) }
        program = started
    }

    private static func end(_ program: chandler_program) -> Int {
        var program = program
        // Sound: the call only reads the structure.
        return Int(unsafe chandler_end_program(&program))
    }

    /// Passes the output on until the program ends or reaches a limit.
    mutating func run(
        within limits: ProgramLimits, to connection: inout Connection
    ) throws(ConnectionError) -> ProgramEnd {
        let deadline = chandler_monotonic_nanoseconds() + limits.time.nanoseconds
        var left = limits.output
        var buffer = ReadBuffer()
        while wait(program.output, until: deadline) {
            guard buffer.read(from: program.output) else {
                // The program may have closed its output and still run.
                guard wait(program.pidfd, until: deadline) else { return .timePassed }
                hasEnded = true
                return .itself(status: Self.end(program))
            }
            let count = min(left, buffer.bytes.count)
            try connection.write(buffer.bytes.extracting(0..<count))
            try connection.flush()
            guard count == buffer.bytes.count else { return .outputLimit }
            left -= count
        }
        return .timePassed
    }

    private func wait(_ descriptor: Int32, until deadline: Int64) -> Bool {
        let left = deadline - chandler_monotonic_nanoseconds()
        return left > 0 && chandler_wait(descriptor, Int32(CHANDLER_READABLE), left) == 1
    }
}

extension Duration {
    /// The nanoseconds, of a time that options allow, which is at most some days.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
