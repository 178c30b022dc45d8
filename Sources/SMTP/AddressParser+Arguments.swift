// What follows MAIL, RCPT and BDAT. Promises that a command is read whole or not at all.
// Sources: RFC 5321 4.1.1.2, 4.1.1.3, 4.1.1.11; RFC 1870, RFC 6152, RFC 6531 for the parameters; RFC 3030 for BDAT.
import HandlerKit

/// Why the arguments of a command are refused.
enum ArgumentFault: Error, Equatable {
    /// They are not what the command's grammar says.
    case syntax
    /// The address is none.
    case path(PathFault)
    /// The address has UTF-8, and SMTPUTF8 was not asked for.
    case needsSMTPUTF8
    /// A parameter that nobody offered.
    case unknownParameter
    /// A parameter that was given twice, or with a value that it cannot have.
    case wrongParameter
}

/// MAIL's or RCPT's arguments.
struct PathArguments: Equatable {
    var path: PathExtent
    var parameters = MailParameters()
}

/// BDAT's arguments.
struct ChunkArguments: Equatable {
    var size: Int
    var isLast: Bool
}

extension AddressParser {
    /// Blanks, `FROM:` or `TO:`, and a path. Blanks behind the colon are no grammar, but so common that they are taken.
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

    /// ` FROM:<path> [parameters]`
    mutating func mailArguments(_ brackets: Brackets) throws(ArgumentFault) -> PathArguments {
        var arguments = PathArguments(path: try path(after: "FROM:", brackets))
        if arguments.path.kind == .postmaster { throw .path(.noDomain) }
        var seen = (size: false, body: false)
        while let (name, value) = try parameter() {
            let (keyword, text) = (bytes.extracting(name), bytes.extracting(value))
            if keyword.equalsIgnoringCase("SIZE") {
                guard !seen.size, (1...20).contains(text.count), text.isDigitsAlone else { throw .wrongParameter }
                // Twenty digits may be more than fits: more than any limit, then.
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

    /// ` TO:<path>`, without parameters, because none are offered.
    mutating func recipientArguments(_ brackets: Brackets, isInternational: Bool) throws(ArgumentFault) -> PathExtent {
        let path = try path(after: "TO:", brackets)
        if path.kind == .null { throw .path(.syntax) }
        if try parameter() != nil { throw .unknownParameter }
        if path.isInternational && !isInternational { throw .needsSMTPUTF8 }
        return path
    }

    /// ` size [LAST]`
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

    /// The next ` keyword[=value]`, or nil at the end. An empty value's range ends at the keyword.
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
