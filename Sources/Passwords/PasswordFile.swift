// A password file as htpasswd makes it: `user:hash`, perhaps more behind another colon, which is ignored.
// Promises constant memory however large the file is; that the first entry of a user counts; and that a user who is not there
// takes as long as one who is: a password is always hashed, for a stranger in the way of the file's first entry.
// Lines of more than 1023 bytes are no entries.
// Sources: htpasswd(1); mod_authn_file (CS-19); protocols.md 1.6 CS-20, CS-22, W-35.
public import HandlerKit

/// What a name and a password turn out to be.
public enum PasswordResult: Equatable {
    /// The user's own.
    case right
    /// Those of a user with another password.
    case wrongPassword
    /// Nobody's.
    case unknownUser
    /// The entry in this line is not usable, so nobody logs in with it.
    case refusedEntry(line: Int, HashFault)
}

/// A password file.
public enum PasswordFile {
    /// Looks the user up, and compares the password. For once or a few times in a process: an embedded handler does not give
    /// back the memory that it reads with.
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
            // An empty file has no entry whose time could be told from another's.
            if foundLine == 0 { return .unknownUser }
            // Dropped on purpose: it is only done for the time that it takes.
            do throws(HashFault) { _ = try matches(password, other.bytes) } catch {}
            return .refusedEntry(line: foundLine, error)
        }
    }
}

/// Where the parts of a line are.
private struct Entry {
    let user: Range<Int>
    let hash: Range<Int>

    /// nil: a comment, an empty line, or no entry at all.
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
