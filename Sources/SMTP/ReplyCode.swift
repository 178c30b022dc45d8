// The code and the enhanced status of a reply. Promises that both have the same class, because the class is stored only
// once.
// Sources: RFC 5321 4.2.1 for the digits, RFC 3463 for X.Y.Z, RFC 2034 for the place of the status in a reply.

/// The three digits at the beginning of a reply: 200 to 559.
///
/// Written as a literal, such as `550`; a literal out of range is a bug and traps.
public struct ReplyCode: ExpressibleByIntegerLiteral, Equatable, Sendable {
    /// The number.
    public let number: Int

    /// The code of a literal.
    public init(integerLiteral number: Int) {
        guard let code = ReplyCode(number) else { preconditionFailure("a reply's code is 2yz to 5yz, y at most 5") }
        self = code
    }

    /// The code of a number; nil unless the first digit is 2 to 5 and the second 0 to 5.
    public init?(_ number: Int) {
        guard (200...559).contains(number), number / 10 % 10 <= 5 else { return nil }
        self.number = number
    }

    /// The first digit.
    var digit: Int { number / 100 }
    /// Whether it is 2yz: the command is done.
    public var isPositive: Bool { digit == 2 }
    /// Whether it is 3yz: the server waits for more.
    public var isIntermediate: Bool { digit == 3 }
    /// Whether it is 4yz: the client may try again.
    public var isTransient: Bool { digit == 4 }
    /// Whether it is 5yz: the client should not try again.
    public var isPermanent: Bool { digit == 5 }
}

/// The subject and the detail of an enhanced status, Y and Z of X.Y.Z; X is the first digit of the reply's code.
public struct EnhancedStatus: Equatable, Sendable {
    /// The subject: 1 addresses, 2 mailboxes, 3 the mail system, 4 the network, 5 the protocol, 6 content, 7 policy.
    public let subject: Int
    /// The detail of the subject; see RFC 3463.
    public let detail: Int

    /// The status X.Y.Z: `.x(7, 1)` with the code 550 is written 5.7.1.
    /// - Parameters: both 0 to 999.
    public static func x(_ subject: Int, _ detail: Int) -> EnhancedStatus {
        precondition((0...999).contains(subject) && (0...999).contains(detail))
        return EnhancedStatus(subject: subject, detail: detail)
    }
}
