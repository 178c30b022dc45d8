// The formats of the hashes in a password file. A hash is checked before anything is computed, so no entry can make the
// handler compute for minutes, and plain text is never a hash.
// Sources: htpasswd(1), crypt(5).
public import HandlerKit

/// The format of a hash, which its first bytes show.
enum HashFormat: Equatable {
    /// `$apr1$SALT$…` or `$1$SALT$…`, with the place of the salt.
    case md5(salt: Range<Int>)
    /// `{SHA}…`.
    case sha1
    /// bcrypt, SHA-512, SHA-256 and DES: see CCrypt.
    case crypt
}

/// The reason for which an entry is refused. Its user cannot log in.
public enum HashFault: Error {
    /// The format is not known: plain text, for example, or a hash without one of its parts.
    case unknownFormat
    /// The hash would take too long: bcrypt with a cost above 17, or more than a million rounds.
    case tooCostly

    /// The word for the log.
    public var name: StaticBytes {
        switch self {
        case .unknownFormat: "unknown-format"
        case .tooCostly: "too-costly"
        }
    }
}

extension HashFormat {
    /// The highest cost of bcrypt, which is also the highest of htpasswd.
    static let highestCost = 17
    /// The most rounds of SHA-256 and SHA-512, which take about a second.
    static let mostRounds = 1_000_000

    /// - Parameter hash: the field after the user's name.
    init(_ hash: borrowing Span<UInt8>) throws(HashFault) {
        if hash.starts(with: "{SHA}") {
            guard hash.count == 33, hash.isBase64(5..<32), hash[32] == 0x3d else { throw .unknownFormat }
            self = .sha1
        } else if hash.starts(with: "$apr1$") {
            self = .md5(salt: try hash.salt(from: 6, atMost: 8, hashLength: 22))
        } else if hash.starts(with: "$1$") {
            self = .md5(salt: try hash.salt(from: 3, atMost: 8, hashLength: 22))
        } else if hash.starts(with: "$5$") || hash.starts(with: "$6$") {
            try hash.checkSHACrypt()
            self = .crypt
        } else if hash.starts(with: "$2y$") || hash.starts(with: "$2b$") || hash.starts(with: "$2a$") {
            try hash.checkBcrypt()
            self = .crypt
        } else {
            guard hash.count == 13, hash.isCryptDigits(0..<13) else { throw .unknownFormat }
            self = .crypt
        }
    }
}

extension Span<UInt8> {
    private static var dollar: UInt8 { 0x24 }

    /// The range of the salt: from this place to the last `$`, after which the hash follows.
    fileprivate func salt(from start: Int, atMost maximum: Int, hashLength: Int) throws(HashFault) -> Range<Int> {
        let end = count - hashLength - 1
        guard end >= start, end - start <= maximum, self[end] == Self.dollar, isCryptDigits(end + 1..<count) else {
            throw .unknownFormat
        }
        for index in start..<end where self[index] <= 0x20 || self[index] >= 0x7f || self[index] == Self.dollar {
            throw .unknownFormat
        }
        return start..<end
    }

    /// Checks `$6$[rounds=N$]SALT$` and 86 digits, or `$5$` with 43.
    fileprivate func checkSHACrypt() throws(HashFault) {
        let rounds: StaticBytes = "rounds="
        var start = 3
        if extracting(start..<count).starts(with: rounds) {
            start += rounds.count
            var end = start
            while end < count, self[end] != Self.dollar { end += 1 }
            let digits = extracting(start..<end)
            guard end < count, digits.count > 0, digits.areDigits else { throw .unknownFormat }
            // A number that does not fit is too many rounds, too.
            guard let number = digits.decimalNumber, number <= HashFormat.mostRounds else { throw .tooCostly }
            guard number >= 1000 else { throw .unknownFormat }
            start = end + 1
        }
        _ = try salt(from: start, atMost: 16, hashLength: self[1] == 0x36 ? 86 : 43)
    }

    /// Checks `$2y$NN$` and 53 digits.
    fileprivate func checkBcrypt() throws(HashFault) {
        guard count == 60, self[6] == Self.dollar, isCryptDigits(7..<60),
            let cost = extracting(4..<6).decimalNumber, cost >= 4
        else { throw .unknownFormat }
        guard cost <= HashFormat.highestCost else { throw .tooCostly }
    }

    private var areDigits: Bool {
        for index in indices where self[index] < 0x30 || self[index] > 0x39 { return false }
        return true
    }

    /// Whether all of these are in the alphabet of crypt(3): letters, digits, `.` and `/`.
    fileprivate func isCryptDigits(_ range: Range<Int>) -> Bool {
        for index in range where !(self[index].isLetterOrDigit || self[index] == 0x2e || self[index] == 0x2f) {
            return false
        }
        return true
    }

    /// Whether all of these are in the alphabet of Base64.
    fileprivate func isBase64(_ range: Range<Int>) -> Bool {
        for index in range where !(self[index].isLetterOrDigit || self[index] == 0x2b || self[index] == 0x2f) {
            return false
        }
        return true
    }
}
