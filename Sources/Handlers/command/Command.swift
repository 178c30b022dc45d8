// command: a login, if one is required, and then one command in each line: motd, date, who, quit, and the programs of a
// directory.
// Promises: a command is a line that is exactly its name, however the network cut it; all output has LF as its line
// ending, as the original's has; the end of input ends the session; a line that is too long gets an answer and is
// skipped.
//
// Exit status: 0 done, 77 login denied, 100 wrong arguments, 111 the peer is gone or a file of the login cannot be
// read.
// Source: MyApache2::CommandServer of mod_perl 2.0's user guide (perl.apache.org, "Protocol Handlers"). Differences:
//   a trusted host is not asked for a password (the original asks it in spite of Apache's `Satisfy any`);
//   a command that fails does not end the session: it has an answer, or a line in the log;
//   who reads utmp and starts no program; date has a zone.
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
