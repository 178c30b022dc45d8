// The arguments of MAIL, RCPT and BDAT. Promises that a command is read as a whole or refused.
// Sources: RFC 5321 4.1.1.2, 4.1.1.3, 4.1.1.11; RFC 1870, RFC 6152, RFC 6531 for the parameters; RFC 3030 for BDAT.
import HandlerKit

/// The reason for which the arguments of a command are refused.
enum ArgumentFault: Error, Equatable {
    /// The grammar of the command does not have them.
    case syntax
    /// The address has this fault.
    case path(PathFault)
    /// The address has UTF-8, and the client did not ask for SMTPUTF8.
    case needsSMTPUTF8
    /// A parameter of an extension that EHLO does not offer.
    case unknownParameter
    /// A parameter that is given twice, or with a value that it cannot have.
    case wrongParameter
}

/// The arguments of MAIL.
struct PathArguments: Equatable {
    var path: PathExtent
    var parameters = MailParameters()
}

/// The arguments of BDAT.
struct ChunkArguments: Equatable {
    var size: Int
    var isLast: Bool
}

extension AddressParser {
    /// Takes spaces, `FROM:` or `TO:`, and a path. Spaces after the colon are not in the grammar, but so common that
    /// they are allowed.
    private mutating func path(after keyword: StaticBytes, _ brackets: Brackets) throws(ArgumentFault) -> PathExtent {
        guard takeAll({ $0 == .space }) else { throw .syntax }
        guard bytes.extracting(position..<bytes.count).startsIgnoringCase(with: keyword) else { throw .syntax }
        position += keyword.count
        _ = takeAll { $0 == .space }
        do throws(PathFault) {
            return try path(brackets)
        } catch {
            throw .path(error)
        }
    }

    /// Takes ` FROM:<path> [parameters]`.
    mutating func mailArguments(_ brackets: Brackets) throws(ArgumentFault) -> PathArguments {
        var arguments = PathArguments(path: try path(after: "FROM:", brackets))
        if arguments.path.kind == .postmaster { throw .path(.noDomain) }
        var seen = (size: false, body: false)
        while let (name, value) = try parameter() {
            let (keyword, text) = (bytes.extracting(name), bytes.extracting(value))
            if keyword.equalsIgnoringCase("SIZE") {
                guard !seen.size, (1...20).contains(text.count), text.isDigitsAlone else { throw .wrongParameter }
                // A number of twenty digits may not fit; it is then above any limit.
                let size = text.decimalNumber ?? .max
                (seen.size, arguments.parameters.size) = (true, size)
            } else if keyword.equalsIgnoringCase("BODY") {
                let isEight = text.equalsIgnoringCase("8BITMIME")
                guard !seen.body, isEight || text.equalsIgnoringCase("7BIT") else { throw .wrongParameter }
                (seen.body, arguments.parameters.body) = (true, isEight ? .eightBitMIME : .sevenBit)
            } else if keyword.equalsIgnoringCase("SMTPUTF8") {
                guard !arguments.parameters.isInternational, bytes[value.lowerBound - 1] != .equals
                else { throw .wrongParameter }
                arguments.parameters.isInternational = true
            } else {
                throw .unknownParameter
            }
        }
        if arguments.path.isInternational && !arguments.parameters.isInternational { throw .needsSMTPUTF8 }
        return arguments
    }

    /// Takes ` TO:<path>`, without parameters, because EHLO offers none.
    mutating func recipientArguments(_ brackets: Brackets, isInternational: Bool) throws(ArgumentFault) -> PathExtent {
        let path = try path(after: "TO:", brackets)
        if path.kind == .null { throw .path(.syntax) }
        if try parameter() != nil { throw .unknownParameter }
        if path.isInternational && !isInternational { throw .needsSMTPUTF8 }
        return path
    }

    /// Takes ` size [LAST]`.
    mutating func chunkArguments() throws(ArgumentFault) -> ChunkArguments {
        guard takeAll({ $0 == .space }) else { throw .syntax }
        let start = position
        guard takeAll({ $0.isDigitOfASCII }), position - start <= 18,
            let size = bytes.extracting(start..<position).decimalNumber
        else { throw .syntax }
        if isAtEnd { return ChunkArguments(size: size, isLast: false) }
        guard takeAll({ $0 == .space }), bytes.extracting(position..<bytes.count).equalsIgnoringCase("LAST")
        else { throw .syntax }
        return ChunkArguments(size: size, isLast: true)
    }

    /// Takes the next ` keyword[=value]`; nil at the end. If there is no value, its range is empty, at the end of the
    /// keyword.
    private mutating func parameter() throws(ArgumentFault) -> (name: Range<Int>, value: Range<Int>)? {
        if isAtEnd { return nil }
        guard takeAll({ $0 == .space }) else { throw .syntax }
        if isAtEnd { return nil }
        let start = position
        guard next != .hyphen, takeAll({ $0.isLetterOrDigitOfASCII || $0 == .hyphen }) else { throw .syntax }
        let name = start..<position
        guard take(.equals) else { return (name, position..<position) }
        let valueStart = position
        guard takeAll({ $0 > 0x20 && $0 < 0x7f && $0 != .equals }) else { throw .syntax }
        return (name, valueStart..<position)
    }
}
