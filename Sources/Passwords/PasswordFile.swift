// A password file as htpasswd makes it: `user:hash`; further fields after another colon are ignored.
// Promises constant memory for a file of any size; that the first entry of a user counts; and that the check of a name
// without an entry takes as long as that of a user: a password is always hashed, for such a name in the format of the
// file's first entry. Lines of more than 1023 bytes are not entries.
// Sources: htpasswd(1); AuthUserFile of Apache's mod_authn_file.
public import HandlerKit

/// The result of a check of a name and a password.
public enum PasswordResult: Equatable {
    /// The user has this password.
    case right
    /// The user has another password.
    case wrongPassword
    /// The file has no such user.
    case unknownUser
    /// The entry of the user, in this line, is not usable, so it allows no login.
    case refusedEntry(line: Int, HashFault)
}

/// A password file.
public enum PasswordFile {
    /// Looks up the user and checks the password. An embedded handler never gives back the memory of a call, so it
    /// should call this only a few times.
    /// - Parameter descriptor: open for reading, at its beginning; it stays open.
    public static func check(
        _ descriptor: Int32, _ user: Span<UInt8>, _ password: Span<UInt8>
    ) throws(ConnectionError) -> PasswordResult {
        var found = ShortText()
        var other = ShortText()
        var foundLine = 0
        try readLines(of: descriptor, capacity: 4096) { file throws(ConnectionError) in
            var line = 0
            while let event = try file.nextLine(maximumLength: ShortText.capacity - 1) {
                line += 1
                guard case .line(let text) = event else { continue }
                let bytes = file.bytes(of: text.text)
                guard let entry = Entry(bytes) else { continue }
                let hash = bytes.extracting(entry.hash)
                if other.bytes.isEmpty, hash.isUsable { other.append(hash) }
                if foundLine == 0, bytes.extracting(entry.user).isSameSecret(as: user) {
                    foundLine = line
                    found.append(hash)
                }
            }
        }
        do throws(HashFault) {
            guard foundLine > 0 else {
                _ = try matches(password, other.bytes)
                return .unknownUser
            }
            return try matches(password, found.bytes) ? .right : .wrongPassword
        } catch {
            // The file has no usable entry, so there is no login whose time could be compared with this one.
            if foundLine == 0 { return .unknownUser }
            // Dropped on purpose: this hash is computed only for the time that it takes.
            do throws(HashFault) { _ = try matches(password, other.bytes) } catch {}
            return .refusedEntry(line: foundLine, error)
        }
    }
}

/// The places of the parts of a line.
private struct Entry {
    let user: Range<Int>
    let hash: Range<Int>

    /// Parses a line; nil if it is a comment, empty, or not an entry.
    init?(_ line: borrowing Span<UInt8>) {
        guard let end = line.firstColon(from: 0), end > 0, line[0] != 0x23 else { return nil }
        user = 0..<end
        hash = end + 1..<(line.firstColon(from: end + 1) ?? line.count)
    }
}

extension Span<UInt8> {
    fileprivate func firstColon(from start: Int) -> Int? {
        var index = start
        while index < count {
            if self[index] == 0x3a { return index }
            index += 1
        }
        return nil
    }

    fileprivate var isUsable: Bool {
        do throws(HashFault) {
            _ = try HashFormat(self)
            return true
        } catch {
            return false
        }
    }
}
