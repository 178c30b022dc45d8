// A buffer of 4096 bytes, to read a file, a pipe or a directory one read at a time.
internal import CHandler

/// The bytes of the last read.
struct ReadBuffer: ~Copyable {
    static var capacity: Int { 4096 }

    private var storage = InlineArray<4096, UInt8>(repeating: 0)
    private var count = 0

    /// The bytes.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }

    /// Reads once. False: the input has ended, or cannot be read.
    /// - Parameter maximumCount: in bytes.
    mutating func read(from descriptor: Int32, maximumCount: Int = ReadBuffer.capacity) -> Bool {
        // Sound: the count is at most the size of the storage.
        unsafe fill { unsafe chandler_read(descriptor, $0, min(maximumCount, ReadBuffer.capacity)) }
    }

    /// Reads entries of a directory. False: there are no more, or it cannot be read.
    mutating func readEntries(of directory: Int32) -> Bool {
        // Sound: the storage has this size.
        unsafe fill { unsafe chandler_read_directory(directory, $0, ReadBuffer.capacity) }
    }

    private mutating func fill(_ read: (UnsafeMutableRawPointer) -> Int) -> Bool {
        var span = storage.mutableSpan
        // Sound: the storage is not empty, so it has an address.
        count = unsafe max(0, span.withUnsafeMutableBytes { unsafe read($0.baseAddress!) })
        return count > 0
    }
}
