// Where a handler begins and ends.
// Promises: SIGPIPE is ignored from here on, so a gone peer is an error with a name and the process ends with 111,
// not by a signal; the connection is ended in order, so that the last reply arrives; the exit status says what became
// of it. Doorward starts handlers with the default disposition; a handler that starts programs must restore it.
internal import CHandler

/// Runs a session on descriptors 0 and 1, ends the connection in order, and ends the process.
///
///     import HandlerKit
///
///     @main struct Greeter {
///         static func main() {
///             serve { connection throws(ConnectionError) in
///                 try connection.write("220 ready\r\n")
///                 while let event = try connection.nextLine() {
///                     guard case .line(let line) = event else {
///                         try connection.write("500 line too long\r\n")
///                         continue
///                     }
///                     if connection.bytes(of: line.text).equals("QUIT") { break }
///                     try connection.write("250 ok\r\n")
///                 }
///                 try connection.write("221 bye\r\n")
///                 return .done
///             }
///         }
///     }
public func serve(_ session: (inout Connection) throws(ConnectionError) -> ExitStatus) -> Never {
    _ = chandler_ignore_broken_pipe()  // cannot fail: SIGPIPE may be ignored
    var connection = Connection()
    let status: ExitStatus
    do throws(ConnectionError) {
        status = try session(&connection)
        try connection.close()
    } catch {
        error.log()
        // Dropped on purpose: this only tries to bring what was written before the error to the peer.
        do throws(ConnectionError) { try connection.close() } catch {}
        chandler_exit(ExitStatus.temporaryFailure.rawValue)
    }
    chandler_exit(status.rawValue)
}

extension ConnectionError {
    /// A peer that goes away is everyday and shows in the exit status; everything else is worth a line.
    func log() {
        if self == .peerIsGone { return }
        var line = LogLine(event)
        if let errno { line.add("errno", Int(errno)) }
        line.send()
    }

    private var event: StaticBytes {
        switch self {
        case .peerIsGone: "peer is gone"
        case .endedEarly: "input ended early"
        case .idleLimitPassed: "idle limit passed"
        case .deadlinePassed: "deadline passed"
        case .tooSlow: "peer is too slow"
        case .terminated: "terminated"
        case .reading: "cannot read"
        case .writing: "cannot write"
        case .shuttingDown: "cannot shut down"
        }
    }

    private var errno: Int32? {
        switch self {
        case .reading(let errno), .writing(let errno), .shuttingDown(let errno): errno
        case .peerIsGone, .endedEarly, .idleLimitPassed, .deadlinePassed, .tooSlow, .terminated: nil
        }
    }
}
