// An address in a MAIL or RCPT command: a view of the command line, valid during the call that it is passed to.
// Promises that RFC 5321's grammar allows it, that it has no source route, and that its lengths are within 4.5.3.1.
// Source: RFC 5321 4.1.2, 4.1.1.3, 4.5.1; RFC 6531 3.3.
public import HandlerKit

/// The sender's or a recipient's address.
public struct Path: ~Escapable {
    /// The kind of an address.
    public enum Kind: Sendable {
        /// `<>`, as a sender only: no reply or notification may be sent to it (RFC 5321 4.5.5).
        case null
        /// `<postmaster>`, in upper or lower case and without a domain, as a recipient only (4.5.1).
        case postmaster
        /// `local@domain`.
        case domain
        /// `local@[literal]`.
        case literal
    }

    /// The kind of this address.
    public let kind: Kind
    /// The mailbox as the client wrote it, without brackets and without a source route; empty for `<>`.
    public let mailbox: Span<UInt8>
    /// The part before the `@` as the client wrote it, with its quotes.
    public let localPart: Span<UInt8>
    /// The part after the `@`, a literal with its brackets; empty for `<>` and `<postmaster>`.
    public let domain: Span<UInt8>
    /// Whether it has other bytes than ASCII. They are well-formed UTF-8, and the client asked for SMTPUTF8.
    public let isInternational: Bool

    @_lifetime(copy mailbox)
    init(kind: Kind, mailbox: Span<UInt8>, localCount: Int, isInternational: Bool) {
        self.kind = kind
        self.mailbox = mailbox
        localPart = mailbox.extracting(0..<localCount)
        domain = mailbox.extracting(min(localCount + 1, mailbox.count)..<mailbox.count)
        self.isInternational = isInternational
    }

    /// Appends the local part as the name of a mailbox: without the quotes and the backslashes that only the grammar
    /// needs, so that `"a\ b"` can be compared with the name in a file.
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
