// command: a login if one is asked for, and then one command a line: motd, date, who, quit, and what a directory adds.
// Promises: a command is a line that is its name exactly, however the network cut it; everything ends in LF, as the original had
// it; the end of input ends the session, and a line that is too long is said and left behind.
//
// Exit status: 0 done, 77 login denied, 100 wrong arguments, 111 the peer is gone or a file of the login cannot be read.
// Source: mod_perl's CommandServer, protocols.md 1.6 (CS-01 to CS-22), W-31 to W-37. What is decided otherwise:
//   a trusted host is not asked for a password (CS-17: the original asked in spite of Satisfy any);
//   a command that fails does not end the session (CS-08), it is answered or logged;
//   who reads utmp and starts no program (CS-07); date has a zone (CS-06).
import HandlerKit

@main
struct Command {
    /// Reads the options and serves one connection.
    static func main() {
        let settings = Settings.read()
        serve { connection throws(ConnectionError) in
            connection.idleLimit = settings.idleLimit
            var user = ShortText()
            if !settings.requirements.isEmpty && !Login.isTrusted {
                switch try Login(settings: settings).run(&connection, user: &user) {
                case .accepted: break
                case .abandoned: return .done
                case .denied: return .denied
                case .unable: return .temporaryFailure
                }
            }
            return try Session(settings: settings, user: user).run(&connection)
        }
    }
}
