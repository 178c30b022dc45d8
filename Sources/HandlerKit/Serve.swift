// The beginning and the end of a handler.
// Promises: SIGPIPE is ignored from here on, so a peer that is gone makes a write throw, and the process ends with 111
// and not by a signal; the connection ends so that the last reply arrives; the exit status reports how the session
// ended. Doorward starts handlers with the default action of SIGPIPE; a handler that starts programs must restore it
// for them.
internal import CHandler

/// Runs a session on descriptors 0 and 1, ends the connection so that the last reply arrives, and ends the process.
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
        // Dropped on purpose: the close only tries to send the peer what was written before the error.
        do throws(ConnectionError) { try connection.close() } catch {}
        chandler_exit(ExitStatus.temporaryFailure.rawValue)
    }
    chandler_exit(status.rawValue)
}

extension ConnectionError {
    /// Logs the error, except for a peer that is gone: that is common, and the exit status shows it.
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
