// An address as MAIL and RCPT give it: a view of the command line, good as long as the call that it is passed to.
// Promises that it is what RFC 5321's grammar allows, that a source route is gone, and that lengths are within 4.5.3.1.
// Source: RFC 5321 4.1.2, 4.1.1.3, 4.5.1; RFC 6531 3.3.
public import HandlerKit

/// The sender's or a recipient's address.
public struct Path: ~Escapable {
    /// What kind of address it is.
    public enum Kind: Sendable {
        /// `<>`, as a sender only: nobody wants to hear of it (RFC 5321 4.5.5).
        case null
        /// `<postmaster>`, in any case and without a domain, as a recipient only (4.5.1).
        case postmaster
        /// `local@domain`.
        case domain
        /// `local@[literal]`.
        case literal
    }

    /// What kind of address it is.
    public let kind: Kind
    /// All of it as it was written, without brackets and without a source route; nothing for `<>`.
    public let mailbox: Span<UInt8>
    /// What is left of the `@` as it was written, quotes included.
    public let localPart: Span<UInt8>
    /// What is right of the `@`, a literal with its brackets; nothing for `<>` and `<postmaster>`.
    public let domain: Span<UInt8>
    /// Whether it has other bytes than ASCII. They are well-formed UTF-8, and SMTPUTF8 was asked for.
    public let isInternational: Bool

    @_lifetime(copy mailbox)
    init(kind: Kind, mailbox: Span<UInt8>, localCount: Int, isInternational: Bool) {
        self.kind = kind
        self.mailbox = mailbox
        localPart = mailbox.extracting(0..<localCount)
        domain = mailbox.extracting(min(localCount + 1, mailbox.count)..<mailbox.count)
        self.isInternational = isInternational
    }

    /// Appends the local part as a mailbox's name: without the quotes and the backslashes that only the grammar needs.
    /// `"a\ b"` and `a` may so be compared with what is written in a file.
    public func appendLocalPart(to text: inout ShortText) {
        guard localPart.count > 0, localPart[0] == 0x22 else { return text.append(localPart) }
        var index = 1
        while index < localPart.count - 1 {
            if localPart[index] == 0x5c { index += 1 }
            text.append(byte: localPart[index])
            index += 1
        }
    }
}
