// What a file, a pipe or a directory is read with: 4096 bytes, and one read at a time.
internal import CHandler

/// Bytes that the last read brought.
struct ReadBuffer: ~Copyable {
    static var capacity: Int { 4096 }

    private var storage = InlineArray<4096, UInt8>(repeating: 0)
    private var count = 0

    /// The bytes.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }

    /// Reads once; false: nothing more comes, or it cannot be read.
    /// - Parameter maximumCount: in bytes.
    mutating func read(from descriptor: Int32, maximumCount: Int = ReadBuffer.capacity) -> Bool {
        // Sound: no more than the storage has room for.
        unsafe fill { unsafe chandler_read(descriptor, $0, min(maximumCount, ReadBuffer.capacity)) }
    }

    /// Reads entries of a directory; false: there are no more, or it cannot be read.
    mutating func readEntries(of directory: Int32) -> Bool {
        // Sound: the storage has this size.
        unsafe fill { unsafe chandler_read_directory(directory, $0, ReadBuffer.capacity) }
    }

    private mutating func fill(_ read: (UnsafeMutableRawPointer) -> Int) -> Bool {
        var span = storage.mutableSpan
        // Sound: the storage has the size that is asked for, which is not 0.
        count = unsafe max(0, span.withUnsafeMutableBytes { unsafe read($0.baseAddress!) })
        return count > 0
    }
}
