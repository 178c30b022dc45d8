// One line of a recipients file: `ADDRESS MAILDIR`, `@DOMAIN MAILDIR` or `postmaster MAILDIR`; or only a comment.
// Promises: a line is read as a whole, or has a fault with its column; no line has two meanings. Blanks are spaces and
// tabs; a CR before the LF counts as a blank. A `#` begins a comment only in place of the address.
public import HandlerKit

/// The parts of a line of a recipients file, as ranges of its bytes.
struct RecipientLine: Equatable {
    /// The part before the `@`; empty for a whole domain.
    let localPart: Range<Int>
    /// The part after the `@`; empty for `postmaster` alone.
    let domain: Range<Int>
    /// The path of the Maildir.
    let path: Range<Int>

    /// Parses a line; nil if it is blank or a comment. Errors: the first fault of the line.
    init?(_ line: borrowing Span<UInt8>) throws(RecipientFault) {
        var end = line.count
        while end > 0, line[end - 1].isBlank { end -= 1 }
        let start = line.skippingBlanks(from: 0, to: end)
        if start == end || line[start] == .hash { return nil }
        for index in start..<end where line[index].isControl {
            throw RecipientFault(index, "a control character")
        }

        let addressEnd = try line.endOfAddress(from: start, to: end)
        let at = line.lastAt(in: start..<addressEnd)
        localPart = start..<(at ?? addressEnd)
        domain = at.map { $0 + 1..<addressEnd } ?? addressEnd..<addressEnd
        if at == nil, !line.extracting(localPart).equalsIgnoringCase("postmaster") {
            throw RecipientFault(start, "an address needs @ and a domain (only postmaster does without)")
        }
        if at != nil, domain.isEmpty { throw RecipientFault(addressEnd, "no domain behind @") }
        // No client sends to an address with a byte order mark, so mail for the address without it would be refused.
        if line[start] == 0xef, start + 2 < end, line[start + 1] == 0xbb, line[start + 2] == 0xbf {
            throw RecipientFault(start, "a byte order mark")
        }
        let isQuoted = line[start] == .quote
        for index in isQuoted ? domain : start..<addressEnd where index != at && line[index].isNeverInAddress {
            throw RecipientFault(index, "a character that an address can only have in quotes")
        }

        let pathStart = line.skippingBlanks(from: addressEnd, to: end)
        if pathStart == end { throw RecipientFault(addressEnd, "no path of a Maildir behind the address") }
        path = pathStart..<end
        for index in path where line[index].isBlank {
            throw RecipientFault(index, "a blank in the path of a Maildir")
        }
    }

    /// Whether this line names the address; a line with a domain alone names none.
    func names(_ address: borrowing MailboxName, in line: borrowing Span<UInt8>) -> Bool {
        !localPart.isEmpty && address.equals(localPart: line.extracting(localPart), domain: line.extracting(domain))
    }

    /// Whether this line is for the whole domain of the address.
    func covers(_ address: borrowing MailboxName, in line: borrowing Span<UInt8>) -> Bool {
        localPart.isEmpty && address.isIn(line.extracting(domain))
    }
}

/// A fault of a line in a recipients file.
public struct RecipientFault: Error, Equatable {
    /// The number of the byte at which the fault is, from 1.
    public let column: Int
    /// The fault, in words.
    public let reason: StaticBytes

    /// - Parameter index: the number of the byte, from 0.
    init(_ index: Int, _ reason: StaticBytes) {
        column = index + 1
        self.reason = reason
    }
}

extension Span<UInt8> {
    fileprivate func skippingBlanks(from start: Int, to end: Int) -> Int {
        var index = start
        while index < end, self[index].isBlank { index += 1 }
        return index
    }

    /// The end of the address: a blank that is not inside quotes.
    fileprivate func endOfAddress(from start: Int, to end: Int) throws(RecipientFault) -> Int {
        var index = start
        if index < end, self[index] == .quote {
            index += 1
            while index < end, self[index] != .quote { index += self[index] == .backslash ? 2 : 1 }
            if index >= end { throw RecipientFault(start, "a quote that is not closed") }
            index += 1
            if index == end || self[index] != .at { throw RecipientFault(index, "no @ behind the quoted local part") }
        }
        while index < end, !self[index].isBlank { index += 1 }
        return index
    }

    fileprivate func lastAt(in range: Range<Int>) -> Int? {
        for index in range.reversed() where self[index] == .at { return index }
        return nil
    }
}

extension UInt8 {
    static let at: UInt8 = 0x40
    static let backslash: UInt8 = 0x5c
    static let quote: UInt8 = 0x22
    fileprivate static let hash: UInt8 = 0x23
    /// Whether it is one of the specials of RFC 5321 4.1.2 (Atom) that are not in a domain or an address literal
    /// either.
    fileprivate var isNeverInAddress: Bool {
        switch self {
        case 0x22, 0x28, 0x29, 0x2c, 0x3b, 0x3c, 0x3e, 0x40, 0x5c: true
        default: false
        }
    }
    fileprivate var isBlank: Bool { self == 0x20 || self == 0x09 || self == 0x0d }
    fileprivate var isControl: Bool { self < 0x20 && self != 0x09 || self == 0x7f }
}
