// A command of the directory, while it runs.
// Promises that it is started without a shell and without a word of the peer's; that it does not have the connection, only a pipe
// whose output is passed on; and that it and its process group are gone when this returns or throws: at its own end, at the
// end of its time, when it has said too much, or when the peer goes away.
// Sources: W-37; chandler_start_program.
internal import CHandler
import HandlerKit

/// What a program may take.
struct ProgramLimits {
    /// Until it must have ended.
    let time: Duration
    /// How many bytes it may write.
    let output: Int
}

/// How a program came to its end.
enum ProgramEnd {
    /// By itself, with this status; 128 and a signal's number if that ended it.
    case itself(status: Int)
    /// It took too long.
    case timePassed
    /// It wrote too much; what fits was sent.
    case outputLimit
}

/// A program that was started.
struct RunningProgram: ~Copyable {
    private let program: chandler_program
    private var hasEnded = false

    deinit {
        // Dropped on purpose: whoever wants to know the status calls `end`.
        if !hasEnded { _ = Self.end(program) }
    }

    /// - Parameters:
    ///   - user: who is logged in, for REMOTE_USER; nobody if there are no bytes.
    init(
        directory: StaticBytes, name: borrowing Span<UInt8>, user: borrowing Span<UInt8>
    ) throws(FileError) {
        var started = chandler_program()
        // Sound: each address goes with its count, and the call fills the structure.
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
        // Sound: it is only read.
        return Int(unsafe chandler_end_program(&program))
    }

    /// Passes its output on until it ends or has to.
    mutating func run(
        within limits: ProgramLimits, to connection: inout Connection
    ) throws(ConnectionError) -> ProgramEnd {
        let deadline = chandler_monotonic_nanoseconds() + limits.time.nanoseconds
        var left = limits.output
        var buffer = ReadBuffer()
        while wait(program.output, until: deadline) {
            guard buffer.read(from: program.output) else {
                // It may have closed its output and go on.
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
    /// In nanoseconds; for what options allow, which is days at most.
    var nanoseconds: Int64 { components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000 }
}
