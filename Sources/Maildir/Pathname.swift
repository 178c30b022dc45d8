// A path for system calls. Promises: the string that is passed on ends in NUL and has no other NUL, so the kernel gets
// the whole path or none. Source: path_resolution(7); PATH_MAX includes the NUL.
internal import HandlerKit

/// A path of at most 4095 bytes. A longer one, or one with a NUL inside, is not `isValid` and opens nothing.
public struct Pathname: ~Copyable {
    static var capacity: Int { 4095 }

    private var storage = InlineArray<4096, UInt8>(repeating: 0)
    private var count = 0
    private(set) var isValid = true

    /// An empty path.
    public init() {}

    init(_ bytes: borrowing Span<UInt8>) {
        append(bytes)
    }

    init(_ text: StaticBytes) {
        append(text.bytes)
    }

    /// The path without its NUL.
    public var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }

    /// The path without slashes at its end: with one, the kernel follows a symbolic link (path_resolution(7)).
    var withoutTrailingSlashes: Pathname {
        var length = count
        while length > 1, storage[length - 1] == 0x2f { length -= 1 }
        var path = Pathname(bytes.extracting(0..<length))
        path.isValid = isValid
        return path
    }

    mutating func append(_ bytes: borrowing Span<UInt8>) {
        for index in bytes.indices {
            guard count < Self.capacity, bytes[index] != 0 else {
                isValid = false
                return
            }
            storage[count] = bytes[index]
            count += 1
        }
    }

    /// Passes the path to a call that returns -errno; an invalid path becomes "", which never exists.
    func withCString<Result>(_ body: (UnsafePointer<CChar>) -> Result) -> Result {
        let span = storage.span
        // Sound: the array has a NUL after the path, and its address is valid during the call.
        return unsafe span.withUnsafeBufferPointer { buffer in
            let offset = isValid ? 0 : Self.capacity
            return unsafe body(UnsafeRawPointer(buffer.baseAddress! + offset).assumingMemoryBound(to: CChar.self))
        }
    }
}
