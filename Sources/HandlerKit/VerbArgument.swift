// The arguments of verbs, as typed values: a word, a number, the rest of the line, and what a protocol adds.
// Promises that an argument takes from the front and leaves the remainder; what it cannot read it refuses, never repairs.

/// A kind of argument. A protocol may have its own:
///
///     struct Colour: VerbArgument {
///         func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Paint? {
///             guard let word = WordArgument().take(from: &rest, of: connection) else { return nil }
///             return connection.bytes(of: word).equals("red") ? .red : nil
///         }
///     }
public protocol VerbArgument {
    /// What it gives.
    associatedtype Value

    /// Takes the argument from the front, where blanks may come first, or nil if it is not there.
    func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Value?
}

/// One or more bytes that are no blanks.
public struct WordArgument: VerbArgument {
    /// A word.
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

/// A decimal number of digits alone, up to Int.max.
public struct NumberArgument: VerbArgument {
    /// A number.
    public init() {}

    /// Takes a number that is a word of its own.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Int? {
        var remainder = rest
        guard let word = WordArgument().take(from: &remainder, of: connection),
            let number = connection.bytes(of: word).decimalNumber
        else { return nil }
        rest = remainder
        return number
    }
}

/// The rest of the line behind the blanks, as it is; it may be empty.
public struct RestArgument: VerbArgument {
    /// The rest.
    public init() {}

    /// Takes everything.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> InputSlice? {
        let text = rest.dropFirst(connection.bytes(of: rest).countOfBlanks)
        rest = rest.dropFirst(rest.count)
        return text
    }
}

/// An argument that may be left out; then it is nil.
public struct OptionalArgument<Argument: VerbArgument>: VerbArgument {
    let argument: Argument

    /// Takes the argument, if it is there.
    public func take(from rest: inout InputSlice, of connection: borrowing Connection) -> Argument.Value?? {
        .some(argument.take(from: &rest, of: connection))
    }
}

extension VerbArgument where Self == WordArgument {
    /// One or more bytes that are no blanks, as an InputSlice.
    public static var word: WordArgument { WordArgument() }
}

extension VerbArgument where Self == NumberArgument {
    /// A decimal number of digits alone, as an Int; one that is larger is no number.
    public static var number: NumberArgument { NumberArgument() }
}

extension VerbArgument where Self == RestArgument {
    /// The rest of the line behind the blanks, as an InputSlice; it may be empty.
    public static var rest: RestArgument { RestArgument() }
}

extension VerbArgument {
    /// An argument that may be left out; then it is nil.
    public static func optional<Argument>(_ argument: Argument) -> Self where Self == OptionalArgument<Argument> {
        OptionalArgument(argument: argument)
    }
}

extension Span<UInt8> {
    /// How many blanks come first.
    var countOfBlanks: Int {
        var index = 0
        while index < count, self[index].isBlank { index += 1 }
        return index
    }

    /// The number that these bytes are, if they are digits alone and it fits.
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
