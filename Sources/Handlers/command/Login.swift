// The login: a name, a password, one attempt.
// Promises that what the peer sees of a failure says nothing of its cause: the same text after the same delay, and a password
// is hashed for a user who does not exist as for one who does. The password is not encrypted on its way: loopback, or TLS in front.
// The log names a user only if there is one: what is typed at the wrong prompt may be a password.
// Sources: CS-01, CS-02, CS-09, CS-10, CS-22; W-34, W-35.
internal import CHandler
import HandlerKit
import Passwords

/// How a login ended.
enum LoginResult {
    /// The user may go on.
    case accepted
    /// The peer went away before it was over.
    case abandoned
    /// The peer may not go on.
    case denied
    /// Nobody can log in now: a file cannot be read.
    case unable
}

/// Why a peer may not go on, as a word for the log.
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

    /// Whether a rule said that this peer need not log in: `allow 127.0.0.1 TRUSTED=1`, which is Apache's `Satisfy any`. CS-16.
    static var isTrusted: Bool { ProcessEnvironment["TRUSTED"] == "1" }

    /// Asks, decides, and says so in the log.
    /// - Parameter user: where the name is put.
    func run(_ connection: inout Connection, user: inout ShortText) throws(ConnectionError) -> LoginResult {
        var password = ShortText()
        connection.beginPhase(within: settings.loginTimeout)
        guard let isNameGood = try connection.ask("Login: ", &user),
            let isPasswordGood = try connection.ask("Password: ", &password)
        else { return .abandoned }
        connection.beginPhase()
        let result = isNameGood && isPasswordGood ? check(user.bytes, password.bytes) : deny(.tooLong)
        if result != .accepted {
            // No descriptor to wait for: only the time. A failure is a shorter delay.
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

    /// Whether somebody who is who he says is one of those who may come in.
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
        let nobody: StaticBytes = ""
        return deny(cause, nobody.bytes)
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
    /// Asks for a line: whether it is short enough, or nil if none came.
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
    /// Says which line nobody's group can stand in.
    fileprivate func logTooLongLine(of path: StaticBytes) {
        guard let tooLongLine else { return }
        var line = LogLine("group line too long")
        line.add("file", path)
        line.add("line", tooLongLine)
        line.send()
    }
}

extension LogLine {
    /// Adds who is on the other end, as far as anybody says.
    fileprivate mutating func addPeer() {
        switch Peer.current {
        case .tcp(let peer): add("peer", peer.address)
        case .ipc(let peer): add("uid", peer.user.map { Int($0) } ?? -1)
        case .none: add("peer", "unknown")
        }
    }
}

extension ConnectionError {
    /// The errno of a file that cannot be read.
    fileprivate var errno: Int32 {
        if case .reading(let errno) = self { errno } else { 0 }
    }
}
