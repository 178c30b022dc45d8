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
        chandler_exit(ExitStatus.temporaryFailure.rawValue)
    }
    chandler_exit(status.rawValue)
}

extension ConnectionError {
    /// A peer that goes away is everyday and shows in the exit status; everything else is worth a line.
    fileprivate func log() {
        switch self {
        case .peerIsGone: return
        case .reading(let errno): log("cannot read", errno)
        case .writing(let errno): log("cannot write", errno)
        case .shuttingDown(let errno): log("cannot shut down", errno)
        }
    }

    private func log(_ event: StaticBytes, _ errno: Int32) {
        var line = LogLine(event)
        line.add("errno", Int(errno))
        line.send()
    }
}
