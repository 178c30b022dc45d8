// What may follow the sender's address on MAIL.

/// The parameters of MAIL.
public struct MailParameters: Equatable, Sendable {
    /// What the message's lines may hold. Source: RFC 6152.
    public enum Body: Sendable {
        /// Nothing was said, or 7BIT.
        case sevenBit
        /// 8BITMIME.
        case eightBitMIME
    }

    /// SIZE: how large the message will be by the client's count, in octets; nil: it did not say. Source: RFC 1870.
    public internal(set) var size: Int?
    /// BODY.
    public internal(set) var body = Body.sevenBit
    /// SMTPUTF8: addresses and header may be UTF-8. Source: RFC 6531.
    public internal(set) var isInternational = false
}
