// Bytes that live as long as the process: a literal, an argument, an entry of the environment.
// Promises to be two words, copied freely and never freed. Never a String: that would link Unicode tables.
internal import CHandler

/// Bytes that live as long as the process. Written as a literal: `let greeting: StaticBytes = "hello\r\n"`.
@safe
public struct StaticBytes: ExpressibleByStringLiteral, @unchecked Sendable {
    // Sendable is sound because nothing ever writes to these bytes or frees them.
    private let pointer: UnsafePointer<UInt8>
    /// How many bytes there are.
    public let count: Int

    /// Use a literal instead.
    public init(stringLiteral literal: StaticString) {
        // Sound: a string literal always has an address, for as long as the process lives.
        unsafe pointer = literal.utf8Start
        count = literal.utf8CodeUnitCount
    }

    /// - Parameter text: a C string that lives as long as the process.
    init(immortal text: UnsafePointer<CChar>) {
        var length = 0
        // Sound: a C string ends at its first NUL, and the bytes before it may be read.
        while unsafe text[length] != 0 { length += 1 }
        unsafe pointer = UnsafeRawPointer(text).assumingMemoryBound(to: UInt8.self)
        count = length
    }

    private init(start: UnsafePointer<UInt8>, count: Int) {
        unsafe pointer = start
        self.count = count
    }

    /// The bytes themselves.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get {
            // Sound: the bytes outlive every borrow.
            unsafe Span(_unsafeStart: pointer, count: count)
        }
    }

    /// All but the first bytes; at most all of them are left out.
    public func dropFirst(_ length: Int) -> StaticBytes {
        let length = min(length, count)
        // Sound: no longer than the bytes.
        return unsafe StaticBytes(start: pointer + length, count: count - length)
    }

    /// What follows this prefix, or nil if the bytes begin otherwise.
    public func removing(prefix: StaticBytes) -> StaticBytes? {
        guard bytes.starts(with: prefix) else { return nil }
        return dropFirst(prefix.count)
    }
}

extension StaticBytes: Equatable {
    /// Whether the bytes are the same, wherever they are.
    public static func == (left: StaticBytes, right: StaticBytes) -> Bool {
        left.count == right.count && left.bytes.starts(with: right)
    }
}

extension Span<UInt8> {
    /// Whether these are exactly those bytes.
    public func equals(_ other: StaticBytes) -> Bool {
        count == other.count && starts(with: other)
    }

    /// Whether these bytes begin with those.
    public func starts(with prefix: StaticBytes) -> Bool {
        guard count >= prefix.count else { return false }
        let expected = prefix.bytes
        for index in expected.indices where self[index] != expected[index] { return false }
        return true
    }

    /// Whether those bytes begin with these.
    func isPrefix(of other: StaticBytes) -> Bool {
        guard count <= other.count else { return false }
        let expected = other.bytes
        for index in indices where self[index] != expected[index] { return false }
        return true
    }
}
