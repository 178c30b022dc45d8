// The arguments of verbs, as typed values: a word, a number, the rest of the line, and the arguments that a protocol
// defines.
// Promises that an argument takes its bytes from the front and leaves the others; bytes that do not match are refused,
// never repaired.

/// A kind of argument. A protocol may define its own:
///
///     struct Colour: VerbArgument {
///         func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Paint? {
///             guard let word = WordArgument().take(from: &rest, of: connection) else { return nil }
///             return connection.bytes(of: word).equals("red") ? .red : nil
///         }
///     }
public protocol VerbArgument {
    /// The value of the argument.
    associatedtype Value

    /// Takes the argument, which may have blanks before it, from the front; nil if it is not there.
    func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Value?
}

/// One or more bytes that are not blanks.
public struct WordArgument: VerbArgument {
    /// A word as an argument.
    public init() {}

    /// Takes a word.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> InputSlice? {
        let bytes = connection.bytes(of: rest)
        let start = bytes.countOfBlanks
        var end = start
        while end < bytes.count, !bytes[end].isBlank { end += 1 }
        guard end > start else { return nil }
        let word = rest.prefix(end).dropFirst(start)
        rest = rest.dropFirst(end)
        return word
    }
}

/// A decimal number: digits alone, up to Int.max.
public struct NumberArgument: VerbArgument {
    /// A number as an argument.
    public init() {}

    /// Takes a whole word that is a number.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Int? {
        var remainder = rest
        guard let word = WordArgument().take(from: &remainder, of: connection),
            let number = connection.bytes(of: word).decimalNumber
        else { return nil }
        rest = remainder
        return number
    }
}

/// The rest of the line after the blanks, unchanged; it may be empty.
public struct RestArgument: VerbArgument {
    /// The rest of the line as an argument.
    public init() {}

    /// Takes all bytes.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> InputSlice? {
        let text = rest.dropFirst(connection.bytes(of: rest).countOfBlanks)
        rest = rest.dropFirst(rest.count)
        return text
    }
}

/// An argument that may be left out; its value is then nil.
public struct OptionalArgument<Argument: VerbArgument>: VerbArgument {
    let argument: Argument

    /// Takes the argument if it is there.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Argument.Value?? {
        .some(argument.take(from: &rest, of: connection))
    }
}

extension VerbArgument where Self == WordArgument {
    /// One or more bytes that are not blanks, as an InputSlice.
    public static var word: WordArgument { WordArgument() }
}

extension VerbArgument where Self == NumberArgument {
    /// A decimal number, digits alone, as an Int; a larger one does not match.
    public static var number: NumberArgument { NumberArgument() }
}

extension VerbArgument where Self == RestArgument {
    /// The rest of the line after the blanks, as an InputSlice; it may be empty.
    public static var rest: RestArgument { RestArgument() }
}

extension VerbArgument {
    /// An argument that may be left out; its value is then nil.
    public static func optional<Argument>(_ argument: Argument) -> Self where Self == OptionalArgument<Argument> {
        OptionalArgument(argument: argument)
    }
}

extension Span<UInt8> {
    /// The number of blanks at the front.
    var countOfBlanks: Int {
        var index = 0
        while index < count, self[index].isBlank { index += 1 }
        return index
    }

    /// The decimal number that these bytes spell; nil if they are not digits alone, or the number does not fit.
    public var decimalNumber: Int? {
        if isEmpty { return nil }
        var number = 0
        for index in indices {
            guard self[index].isDigit else { return nil }
            let (product, isTooLarge) = number.multipliedReportingOverflow(by: 10)
            let (sum, isTooLargeNow) = product.addingReportingOverflow(Int(self[index] - 0x30))
            if isTooLarge || isTooLargeNow { return nil }
            number = sum
        }
        return number
    }
}
