// The address grammar of RFC 5321, production by production.
// Promises: any bytes have a result, the work is bounded by the length of the command line, and nothing is repaired:
// bytes that the grammar does not have are a fault. The parser does not know which command an address is for.
// Sources: RFC 5321 4.1.2, 4.1.3, 4.5.3.1; RFC 6531 3.3 for UTF-8.
import HandlerKit

/// The reason for which an address is refused.
enum PathFault: Error, Equatable {
    /// The grammar does not have it.
    case syntax
    /// It has no domain.
    case noDomain
    /// It is longer than RFC 5321 4.5.3.1 allows: 64 octets for a local part, 255 for a domain, 256 for a path.
    case tooLong
}

/// The places of a path's parts in the parsed bytes.
struct PathExtent: Equatable {
    /// The kind of address.
    var kind: Path.Kind
    /// The mailbox, without brackets and without a source route.
    var mailbox: Range<Int>
    /// The length of its local part.
    var localCount: Int
    /// Whether it has bytes that are not ASCII.
    var isInternational: Bool

    /// The path as a view of the parsed bytes.
    @_lifetime(copy bytes)
    func path(in bytes: Span<UInt8>) -> Path {
        Path(
            kind: kind, mailbox: bytes.extracting(mailbox), localCount: localCount, isInternational: isInternational)
    }
}

/// Reads productions from the front. A production that returns false may have moved the position; its caller then fails
/// too.
struct AddressParser: ~Escapable {
    let bytes: Span<UInt8>
    /// The place of the next byte.
    var position: Int
    /// Whether a byte that is not ASCII was taken.
    private(set) var isInternational = false

    @_lifetime(copy bytes)
    init(_ bytes: Span<UInt8>, from position: Int = 0) {
        self.bytes = bytes
        self.position = position
    }

    /// Whether all bytes were taken.
    var isAtEnd: Bool { position == bytes.count }
    /// The next byte; nil at the end.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Takes the next byte if it is this one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Takes bytes while they are of this kind; false if the first one is not.
    mutating func takeAll(_ isOfKind: (UInt8) -> Bool) -> Bool {
        let start = position
        while let byte = next, isOfKind(byte) { position += 1 }
        return position > start
    }

    /// Takes one well-formed UTF-8 character of more than one byte (RFC 3629).
    mutating func takeMultibyte() -> Bool {
        let length = bytes.lengthOfMultibyteCharacter(at: position)
        position += length
        if length > 0 { isInternational = true }
        return length > 0
    }

    // ---- Path = "<" [ A-d-l ":" ] Mailbox ">"

    /// Takes a path with its brackets; the empty path is `.null`.
    /// - Parameter brackets: whether the brackets may be missing.
    mutating func path(_ brackets: Brackets) throws(PathFault) -> PathExtent {
        let start = position
        guard take(.lessThan) else {
            guard brackets == .optional else { throw .syntax }
            return try mailbox()
        }
        if take(.greaterThan) {
            return PathExtent(kind: .null, mailbox: position - 1..<position - 1, localCount: 0, isInternational: false)
        }
        if next == .at { guard sourceRoute() else { throw .syntax } }
        let extent = try mailbox()
        guard take(.greaterThan) else { throw .syntax }
        guard position - start <= 256 else { throw .tooLong }
        return extent
    }

    /// Whether a path needs its brackets.
    enum Brackets {
        case required
        case optional
    }

    /// Takes A-d-l ":" and ignores it, as RFC 5321 4.1.1.3 says.
    private mutating func sourceRoute() -> Bool {
        repeat {
            guard take(.at), domain() else { return false }
        } while take(.comma)
        return take(.colon)
    }

    /// Takes Mailbox = Local-part "@" ( Domain / address-literal ), or `postmaster`, which needs no domain.
    private mutating func mailbox() throws(PathFault) -> PathExtent {
        let start = position
        guard next == .quote ? quotedString() : dotString() else { throw .syntax }
        let localCount = position - start
        guard localCount <= 64 else { throw .tooLong }
        var kind = Path.Kind.domain
        if take(.at) {
            let domainStart = position
            if next == .leftBracket {
                kind = .literal
                guard addressLiteral() else { throw .syntax }
            } else {
                guard domain() else { throw .syntax }
            }
            guard position - domainStart <= 255 else { throw .tooLong }
        } else {
            guard next == nil || next == .greaterThan || next == .space else { throw .syntax }
            guard bytes.extracting(start..<position).equalsIgnoringCase("postmaster") else { throw .noDomain }
            kind = .postmaster
        }
        return PathExtent(
            kind: kind, mailbox: start..<position, localCount: localCount, isInternational: isInternational)
    }

    // ---- Local-part = Dot-string / Quoted-string

    private mutating func dotString() -> Bool {
        repeat {
            let start = position
            while takeAll({ $0.isAtomText }) || takeMultibyte() {}
            if position == start { return false }
        } while take(.dot)
        return true
    }

    private mutating func quotedString() -> Bool {
        guard take(.quote) else { return false }
        while true {
            if take(.quote) { return true }
            if take(.backslash) {
                guard let byte = next, byte >= 0x20, byte < 0x7f else { return false }
                position += 1
            } else {
                guard takeAll({ $0 >= 0x20 && $0 < 0x7f && $0 != .quote && $0 != .backslash }) || takeMultibyte()
                else { return false }
            }
        }
    }

    // ---- Domain = sub-domain *("." sub-domain)

    /// Takes a domain name, whose ASCII labels have at most 63 octets.
    mutating func domain() -> Bool {
        repeat {
            let start = position
            while takeAll({ $0.isLetterOrDigitOfASCII || $0 == .hyphen }) || takeMultibyte() {}
            guard position > start, bytes[start] != .hyphen, bytes[position - 1] != .hyphen else { return false }
            guard position - start <= 63 || isInternational else { return false }
        } while take(.dot)
        return true
    }
}
