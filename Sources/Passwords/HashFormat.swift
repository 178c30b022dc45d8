// What the hash of a password file may look like. Decided before anything is computed, so that no entry can ask for a hash
// that takes for ever, and plain text never is one.
// Sources: htpasswd(1), crypt(5).
public import HandlerKit

/// A way of hashing, as a hash says it itself.
enum HashFormat: Equatable {
    /// `$apr1$SALT$…` or `$1$SALT$…`, and where the salt is.
    case md5(salt: Range<Int>)
    /// `{SHA}…`.
    case sha1
    /// bcrypt, SHA-512, SHA-256 and DES: see CCrypt.
    case crypt
}

/// Why an entry is refused. Its user cannot log in.
public enum HashFault: Error {
    /// No format that is known: plain text, for example, or a hash with a part missing.
    case unknownFormat
    /// It would take too long: bcrypt above cost 17, or more than a million rounds.
    case tooCostly

    /// The fault as a word for the log.
    public var name: StaticBytes {
        switch self {
        case .unknownFormat: "unknown-format"
        case .tooCostly: "too-costly"
        }
    }
}

extension HashFormat {
    /// The highest cost of bcrypt; htpasswd makes none above.
    static let highestCost = 17
    /// The most rounds of SHA-256 and SHA-512: about a second.
    static let mostRounds = 1_000_000

    /// - Parameter hash: what stands behind the user's name.
    init(_ hash: borrowing Span<UInt8>) throws(HashFault) {
        if hash.starts(with: "{SHA}") {
            guard hash.count == 33, hash.isBase64(5..<32), hash[32] == 0x3d else { throw .unknownFormat }
            self = .sha1
        } else if hash.starts(with: "$apr1$") {
            self = .md5(salt: try hash.salt(behind: 6, atMost: 8, hashLength: 22))
        } else if hash.starts(with: "$1$") {
            self = .md5(salt: try hash.salt(behind: 3, atMost: 8, hashLength: 22))
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

    /// The salt between this place and the last `$`, behind which the hash stands.
    fileprivate func salt(behind start: Int, atMost maximum: Int, hashLength: Int) throws(HashFault) -> Range<Int> {
        let end = count - hashLength - 1
        guard end >= start, end - start <= maximum, self[end] == Self.dollar, isCryptDigits(end + 1..<count) else {
            throw .unknownFormat
        }
        for index in start..<end where self[index] <= 0x20 || self[index] >= 0x7f || self[index] == Self.dollar {
            throw .unknownFormat
        }
        return start..<end
    }

    /// `$6$[rounds=N$]SALT$` and 86 digits; `$5$` with 43.
    fileprivate func checkSHACrypt() throws(HashFault) {
        let rounds: StaticBytes = "rounds="
        var start = 3
        if extracting(start..<count).starts(with: rounds) {
            start += rounds.count
            var end = start
            while end < count, self[end] != Self.dollar { end += 1 }
            let digits = extracting(start..<end)
            guard end < count, digits.count > 0, digits.areDigits else { throw .unknownFormat }
            // A number that does not fit is too many in any case.
            guard let number = digits.decimalNumber, number <= HashFormat.mostRounds else { throw .tooCostly }
            guard number >= 1000 else { throw .unknownFormat }
            start = end + 1
        }
        _ = try salt(behind: start, atMost: 16, hashLength: self[1] == 0x36 ? 86 : 43)
    }

    /// `$2y$NN$` and 53 digits.
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

    /// Whether these are all of crypt(3)'s alphabet: letters, digits, `.` and `/`.
    fileprivate func isCryptDigits(_ range: Range<Int>) -> Bool {
        for index in range where !(self[index].isLetterOrDigit || self[index] == 0x2e || self[index] == 0x2f) {
            return false
        }
        return true
    }

    /// Whether these are all of Base64's alphabet.
    fileprivate func isBase64(_ range: Range<Int>) -> Bool {
        for index in range where !(self[index].isLetterOrDigit || self[index] == 0x2b || self[index] == 0x2f) {
            return false
        }
        return true
    }
}
