// A recipient's address, and the comparison with other spellings of it.
// Promises: domains are compared without regard to case (RFC 5321 2.4). Local parts too, which 2.4 leaves to this host:
// two mailboxes here do not differ in case only, and clients change the case. Case is that of ASCII; other bytes must
// be the same. A quoted local part equals the unquoted one that has the same meaning (4.1.2).
internal import HandlerKit

/// An address to look up.
struct MailboxName: ~Copyable, ~Escapable {
    private let localPart: Span<UInt8>
    private let domain: Span<UInt8>

    /// - Parameter address: without brackets; `postmaster` may have no domain.
    @_lifetime(copy address)
    init(_ address: Span<UInt8>) {
        var at = address.count
        for index in address.indices where address[index] == .at { at = index }
        localPart = address.extracting(0..<at)
        domain = address.extracting(min(at + 1, address.count)...)
    }

    /// Whether this is the same address.
    func equals(localPart: borrowing Span<UInt8>, domain: borrowing Span<UInt8>) -> Bool {
        isIn(domain) && self.localPart.meansTheSame(as: localPart)
    }

    /// Whether the address has this domain.
    func isIn(_ domain: borrowing Span<UInt8>) -> Bool {
        self.domain.equalsIgnoringCase(domain)
    }
}

extension Span<UInt8> {
    func equalsIgnoringCase(_ other: StaticBytes) -> Bool {
        equalsIgnoringCase(other.bytes)
    }

    fileprivate func equalsIgnoringCase(_ other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index].lowercased != other[index].lowercased { return false }
        return true
    }

    /// Compares the meaning of two local parts, with or without quotes.
    fileprivate func meansTheSame(as other: borrowing Span<UInt8>) -> Bool {
        var (mine, others) = (0, 0)
        while true {
            let left = nextByte(at: &mine)
            guard left == other.nextByte(at: &others) else { return false }
            if left == nil { return true }
        }
    }

    /// The next byte of the meaning, in lower case: without the quotes, and without a backslash before it.
    private func nextByte(at index: inout Int) -> UInt8? {
        let isQuoted = count > 0 && self[0] == .quote
        if isQuoted {
            if index == 0 { index = 1 }
            if index < count, self[index] == .quote { return nil }
            if index + 1 < count, self[index] == .backslash { index += 1 }
        }
        guard index < count else { return nil }
        defer { index += 1 }
        return self[index].lowercased
    }
}

extension UInt8 {
    fileprivate var lowercased: UInt8 { self >= 0x41 && self <= 0x5a ? self | 0x20 : self }
}
