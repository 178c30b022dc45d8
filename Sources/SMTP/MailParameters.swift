// The parameters that may follow the sender's address on MAIL.

/// The parameters of MAIL.
public struct MailParameters: Equatable, Sendable {
    /// The bytes that the message may have. Source: RFC 6152.
    public enum Body: Sendable {
        /// 7BIT, or no BODY parameter.
        case sevenBit
        /// 8BITMIME.
        case eightBitMIME
    }

    /// SIZE: the client's estimate of the message's size, in octets; nil: no SIZE parameter. Source: RFC 1870.
    public internal(set) var size: Int?
    /// BODY.
    public internal(set) var body = Body.sevenBit
    /// SMTPUTF8: addresses and the header may have UTF-8. Source: RFC 6531.
    public internal(set) var isInternational = false
}
