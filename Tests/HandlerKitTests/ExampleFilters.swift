// Filters that are difficult to support: with longer output, with shorter output, with late output, with a state.
@testable import HandlerKit

/// Writes every byte twice.
struct Doubling: ByteFilter {
    static var mostForOneByte: Int { 2 }

    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        for index in bytes.indices {
            try writer.write(byte: bytes[index])
            try writer.write(byte: bytes[index])
        }
    }
}

/// Writes nothing.
struct Dropping: ByteFilter {
    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {}
}

/// Keeps the last byte until the end.
struct HoldingLast: ByteFilter {
    private var last: UInt8?

    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        for index in bytes.indices {
            if let last { try writer.write(byte: last) }
            last = bytes[index]
        }
    }

    mutating func finish(to writer: inout ByteWriter) throws(ConnectionError) {
        if let last { try writer.write(byte: last) }
    }
}

/// Replaces the word "cat" by "elephant", and writes at the end how often.
struct Replacing: ByteFilter, ~Copyable {
    static var mostForOneByte: Int { 8 }
    private let word: StaticBytes = "cat"
    private var matched = 0
    private var replaced: UInt8 = 0

    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
        for index in bytes.indices {
            let byte = bytes[index]
            if byte == word.bytes[matched] {
                matched += 1
                if matched < word.count { continue }
                try writer.write("elephant")
                (matched, replaced) = (0, replaced + 1)
            } else {
                try releaseMatched(to: &writer)
                if byte == word.bytes[0] { matched = 1 } else { try writer.write(byte: byte) }
            }
        }
    }

    mutating func finish(to writer: inout ByteWriter) throws(ConnectionError) {
        try releaseMatched(to: &writer)
        try writer.write(byte: 0x30 + replaced)
    }

    private mutating func releaseMatched(to writer: inout ByteWriter) throws(ConnectionError) {
        for index in 0..<matched { try writer.write(byte: word.bytes[index]) }
        matched = 0
    }
}

/// The name of an example filter.
enum Example: CaseIterable {
    case lowercase, doubling, dropping, holdingLast, replacing

    /// The output for this input.
    func result(_ text: String) -> String {
        switch self {
        case .lowercase: text.lowercased()
        case .doubling: text.unicodeScalars.map { "\($0)\($0)" }.joined()
        case .dropping: ""
        case .holdingLast: text
        case .replacing:
            text.split(separator: "cat", omittingEmptySubsequences: false).joined(separator: "elephant")
                + "\(text.split(separator: "cat", omittingEmptySubsequences: false).count - 1)"
        }
    }
}

extension Connection {
    mutating func filterOutput(through example: Example) {
        switch example {
        case .lowercase: filterOutput(through: Lowercase())
        case .doubling: filterOutput(through: Doubling())
        case .dropping: filterOutput(through: Dropping())
        case .holdingLast: filterOutput(through: HoldingLast())
        case .replacing: filterOutput(through: Replacing())
        }
    }

    mutating func filterInput(through example: Example) {
        switch example {
        case .lowercase: filterInput(through: Lowercase())
        case .doubling: filterInput(through: Doubling())
        case .dropping: filterInput(through: Dropping())
        case .holdingLast: filterInput(through: HoldingLast())
        case .replacing: filterInput(through: Replacing())
        }
    }

    mutating func pass(through example: Example) throws(ConnectionError) {
        switch example {
        case .lowercase: try pass(Lowercase())
        case .doubling: try pass(Doubling())
        case .dropping: try pass(Dropping())
        case .holdingLast: try pass(HoldingLast())
        case .replacing: try pass(Replacing())
        }
    }

    private mutating func pass(_ filter: consuming some ByteFilter & ~Copyable) throws(ConnectionError) {
        var filter = filter
        try pass(through: &filter)
    }
}
