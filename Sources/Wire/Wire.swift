// The form of values between programs of one build: definitions to the supervisor, reports from it. The form needs no
// versions, but reading is total all the same: any bytes give a value or an error.
//
// Shape: a number is 8 bytes, least significant first; a text is its length in bytes and its UTF-8; a list is its count
// and its elements; an optional is a list of at most one; a choice is a number and the fields of that case.

/// Writes values one after the other.
package struct WireWriter {
    package private(set) var bytes: [UInt8] = []

    package init() {}

    package mutating func write(_ number: Int64) {
        for shift in stride(from: 0, to: 64, by: 8) { bytes.append(UInt8(truncatingIfNeeded: number >> Int64(shift))) }
    }

    package mutating func write(_ number: Int) { write(Int64(number)) }

    package mutating func write(_ fact: Bool) { write(fact ? 1 : 0) }

    package mutating func write(_ text: String) {
        write(text.utf8.count)
        bytes += text.utf8
    }

    package mutating func write<Value: WireValue>(_ value: Value) { value.write(to: &self) }

    package mutating func write<Element: WireValue>(_ list: [Element]) {
        write(list.count)
        for element in list { write(element) }
    }

    package mutating func write<Value: WireValue>(_ value: Value?) { write(value.map { [$0] } ?? []) }
}

/// Reads values one after the other. Every method throws when the bytes have another shape.
package struct WireReader {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    package var isAtEnd: Bool { rest.isEmpty }

    package mutating func number() throws(WireError) -> Int64 {
        guard rest.count >= 8 else { throw WireError() }
        defer { rest = rest.dropFirst(8) }
        return rest.prefix(8).reversed().reduce(Int64(0)) { $0 << 8 | Int64($1) }
    }

    package mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(WireError) -> Number {
        guard let number = Number(exactly: try number()) else { throw WireError() }
        return number
    }

    package mutating func fact() throws(WireError) -> Bool {
        switch try number() {
        case 0: false
        case 1: true
        default: throw WireError()
        }
    }

    package mutating func text() throws(WireError) -> String {
        let count = try following()
        defer { rest = rest.dropFirst(count) }
        guard let text = String(validating: rest.prefix(count), as: UTF8.self) else { throw WireError() }
        return text
    }

    /// A number that is not negative.
    package mutating func count() throws(WireError) -> Int {
        let count = try number(Int.self)
        guard count >= 0 else { throw WireError() }
        return count
    }

    /// The number of elements that follow, each of at least a byte.
    private mutating func following() throws(WireError) -> Int {
        let count = try count()
        guard count <= rest.count else { throw WireError() }
        return count
    }

    package mutating func value<Value: WireValue>(_ type: Value.Type = Value.self) throws(WireError) -> Value {
        try Value(from: &self)
    }

    package mutating func list<Element: WireValue>(_ type: Element.Type = Element.self) throws(WireError) -> [Element] {
        try list { reader throws(WireError) in try Element(from: &reader) }
    }

    /// A list whose elements the caller reads.
    package mutating func list<Element>(
        by read: (inout WireReader) throws(WireError) -> Element
    ) throws(WireError) -> [Element] {
        var list: [Element] = []
        for _ in 0..<(try following()) { list.append(try read(&self)) }
        return list
    }

    package mutating func optional<Value: WireValue>(_ type: Value.Type = Value.self) throws(WireError) -> Value? {
        let list = try list(Value.self)
        guard list.count <= 1 else { throw WireError() }
        return list.first
    }
}

/// The bytes do not have the shape of the value.
package struct WireError: Error {
    package init() {}
}

/// A value with a form between programs.
package protocol WireValue {
    func write(to writer: inout WireWriter)
    init(from reader: inout WireReader) throws(WireError)
}

extension String: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(self) }
    package init(from reader: inout WireReader) throws(WireError) { self = try reader.text() }
}

extension UInt32: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(Int64(self)) }
    package init(from reader: inout WireReader) throws(WireError) { self = try reader.number(UInt32.self) }
}

extension Int: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(Int64(self)) }
    package init(from reader: inout WireReader) throws(WireError) { self = try reader.number(Int.self) }
}

/// A duration of at most a hundred years, which no setting exceeds. A time of a clock and some durations of that length
/// make a sum that 64 bits of nanoseconds hold; and the parts of a longer one may not be numbers at all.
extension Duration: WireValue {
    package static let longestOnWire = Duration.seconds(36525 * 86400)

    package func write(to writer: inout WireWriter) {
        let (seconds, attoseconds) = min(max(self, .zero - Self.longestOnWire), Self.longestOnWire).components
        writer.write(seconds)
        writer.write(attoseconds)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let (seconds, attoseconds) = (try reader.number(), try reader.number())
        let most = Self.longestOnWire.components.seconds
        guard (-most...most).contains(seconds), abs(attoseconds / 2) < 500_000_000_000_000_000 else {
            throw WireError()
        }
        self.init(secondsComponent: seconds, attosecondsComponent: attoseconds)
        guard components == (seconds, attoseconds), abs(seconds) < most || attoseconds == 0 else { throw WireError() }
    }
}
