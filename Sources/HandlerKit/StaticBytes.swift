// Bytes that live as long as the process: a literal, an argument, an entry of the environment.
// Promises to be two words, which are copied freely and never freed. Never a String: that would link Unicode tables.
internal import CHandler

/// Bytes that live as long as the process, written as a literal: `let greeting: StaticBytes = "hello\r\n"`.
@safe
public struct StaticBytes: ExpressibleByStringLiteral, @unchecked Sendable {
    // Sound to send: no code writes to these bytes or frees them.
    private let pointer: UnsafePointer<UInt8>
    /// The number of bytes.
    public let count: Int

    /// The initialiser for literals.
    public init(stringLiteral literal: StaticString) {
        // Sound: a string literal has an address, which is valid as long as the process lives.
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

    /// These bytes without the first ones; no bytes if there are fewer.
    public func dropFirst(_ length: Int) -> StaticBytes {
        let length = min(length, count)
        // Sound: the length is at most the number of bytes.
        return unsafe StaticBytes(start: pointer + length, count: count - length)
    }

    /// The bytes after this prefix, or nil if these bytes do not begin with it.
    public func removing(prefix: StaticBytes) -> StaticBytes? {
        guard bytes.starts(with: prefix) else { return nil }
        return dropFirst(prefix.count)
    }
}

extension StaticBytes: Equatable {
    /// Whether the bytes are the same; their addresses do not matter.
    public static func == (left: StaticBytes, right: StaticBytes) -> Bool {
        left.count == right.count && left.bytes.starts(with: right)
    }
}

extension Span<UInt8> {
    /// Whether these bytes are the same as the others.
    public func equals(_ other: StaticBytes) -> Bool {
        count == other.count && starts(with: other)
    }

    /// Whether these bytes begin with the prefix.
    public func starts(with prefix: StaticBytes) -> Bool {
        guard count >= prefix.count else { return false }
        let expected = prefix.bytes
        for index in expected.indices where self[index] != expected[index] { return false }
        return true
    }

    /// Whether the other bytes begin with these.
    func isPrefix(of other: StaticBytes) -> Bool {
        guard count <= other.count else { return false }
        let expected = other.bytes
        for index in indices where self[index] != expected[index] { return false }
        return true
    }
}
