// The login: a name, a password, one attempt.
// Promises that a failure does not show the peer its cause: it has the same text after the same delay, and a password
// is hashed for an unknown name too. The password is not encrypted on its way, so a service with a login belongs on
// loopback, or needs a TLS proxy in front of it. The log has only names that the password file has, because a client
// may type a password at the prompt for the name.
// Source: mod_perl 2.0's user guide (perl.apache.org, "Protocol Handlers"), for the prompts and the texts.
internal import CHandler
import HandlerKit
import Passwords

/// The result of a login.
enum LoginResult {
    /// The session may begin.
    case accepted
    /// The peer went away before the end of the login.
    case abandoned
    /// The login failed.
    case denied
    /// No login is possible now: a file cannot be read.
    case unable
}

/// The cause of a failed login, as a word for the log.
private enum DenialCause: StaticBytes {
    case unknownUser = "unknown-user"
    case wrongPassword = "wrong-password"
    case notPermitted = "not-permitted"
    case tooLong = "too-long"
}

struct Login {
    /// The most bytes of a name and of a password.
    static let longest = 255

    let settings: Settings

    /// Whether a rule of the service excepts this peer from the login: `allow 127.0.0.1 TRUSTED=1`, as Apache's
    /// `Satisfy any`.
    static var isTrusted: Bool { ProcessEnvironment["TRUSTED"] == "1" }

    /// Asks for a name and a password, checks them, and logs the result.
    /// - Parameter user: is set to the name.
    func run(_ connection: inout Connection, user: inout ShortText) throws(ConnectionError) -> LoginResult {
        var password = ShortText()
        connection.beginPhase(within: settings.loginTimeout)
        guard let isNameGood = try connection.ask("Login: ", &user),
            let isPasswordGood = try connection.ask("Password: ", &password)
        else { return .abandoned }
        connection.beginPhase()
        let result = isNameGood && isPasswordGood ? check(user.bytes, password.bytes) : deny(.tooLong)
        if result != .accepted {
            // A wait without a descriptor only passes the time. A failed wait makes the delay shorter.
            _ = chandler_wait(-1, Int32(CHANDLER_READABLE), settings.failureDelay.nanoseconds)
            try connection.write("Access Denied\n")
        }
        return result
    }

    private func check(_ user: borrowing Span<UInt8>, _ password: borrowing Span<UInt8>) -> LoginResult {
        guard let path = settings.passwords, let file = OpenFile.orLog(file: path) else { return .unable }
        let result: PasswordResult
        do throws(ConnectionError) {
            result = try PasswordFile.check(file.descriptor, user, password)
        } catch {
            return unable(path, error)
        }
        switch result {
        case .right: return authorize(user)
        case .wrongPassword: return deny(.wrongPassword, user)
        case .unknownUser: return deny(.unknownUser)
        case .refusedEntry(let number, let fault):
            var line = LogLine("login denied")
            line.add("cause", fault.name)
            line.add("user", user)
            line.add("file", path)
            line.add("line", number)
            line.addPeer()
            line.send()
            return .denied
        }
    }

    /// Decides whether a user with the right password may log in.
    private func authorize(_ user: borrowing Span<UInt8>) -> LoginResult {
        var isAdmitted = settings.requirements.admit(user)
        if !isAdmitted, settings.requirements.namesGroup, let path = settings.groups {
            guard let file = OpenFile.orLog(file: path) else { return .unable }
            do throws(ConnectionError) {
                let membership = try GroupFile.membership(file.descriptor, of: user) {
                    settings.requirements.admit(group: $0)
                }
                isAdmitted = membership.isMember
                membership.logTooLongLine(of: path)
            } catch {
                return unable(path, error)
            }
        }
        guard isAdmitted else { return deny(.notPermitted, user) }
        var line = LogLine("login accepted")
        line.add("user", user)
        line.addPeer()
        line.send()
        return .accepted
    }

    private func unable(_ path: StaticBytes, _ error: ConnectionError) -> LoginResult {
        FileError(errno: error.errno).log("cannot read", path)
        return .unable
    }

    private func deny(_ cause: DenialCause) -> LoginResult {
        let noUser: StaticBytes = ""
        return deny(cause, noUser.bytes)
    }

    private func deny(_ cause: DenialCause, _ user: borrowing Span<UInt8>) -> LoginResult {
        var line = LogLine("login denied")
        line.add("cause", cause.rawValue)
        if !user.isEmpty { line.add("user", user) }
        line.addPeer()
        line.send()
        return .denied
    }
}

extension Connection {
    /// Asks for a line and appends it to the answer. Returns whether it is short enough; nil at the end of input.
    fileprivate mutating func ask(_ prompt: StaticBytes, _ answer: inout ShortText) throws(ConnectionError) -> Bool? {
        try write(prompt)
        guard let event = try nextLine(maximumLength: 1024) else { return nil }
        guard case .line(let line) = event else { return false }
        let bytes = bytes(of: withoutReturns(line.text))
        for index in bytes.indices { answer.append(byte: bytes[index]) }
        return bytes.count <= Login.longest
    }
}

extension Membership {
    /// Logs the line of the group file that is too long, if there is one.
    fileprivate func logTooLongLine(of path: StaticBytes) {
        guard let tooLongLine else { return }
        var line = LogLine("group line too long")
        line.add("file", path)
        line.add("line", tooLongLine)
        line.send()
    }
}

extension LogLine {
    /// Adds the peer, if it is known.
    fileprivate mutating func addPeer() {
        switch Peer.current {
        case .tcp(let peer): add("peer", peer.address)
        case .ipc(let peer): add("uid", peer.user.map { Int($0) } ?? -1)
        case .none: add("peer", "unknown")
        }
    }
}

extension ConnectionError {
    /// The errno of a failed read; 0 for any other error.
    fileprivate var errno: Int32 {
        if case .reading(let errno) = self { errno } else { 0 }
    }
}
