// Reads the lines of a file, one after the other, from its beginning. Promises: constant memory for a file of any size;
// a line that is too long is an error and not two lines. Never moves the descriptor's own position.
internal import CMaildir
internal import HandlerKit

/// Reads lines of at most 8191 bytes.
struct FileLines: ~Copyable {
    static var capacity: Int { 8192 }

    private let descriptor: Int32
    private var storage = InlineArray<8192, UInt8>(repeating: 0)
    private var unread = 0..<0
    private var offset: Int64 = 0
    /// The number of the line that was returned last, from 1.
    private(set) var number = 0

    /// - Parameter descriptor: must stay open while this value is in use.
    init(_ descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// Reads the next line, without its LF, valid until the next call; nil at the end. A last line may have no LF.
    mutating func next() throws(RecipientsError) -> Range<Int>? {
        number += 1
        var searched = 0
        while true {
            for index in unread.dropFirst(searched) where storage[index] == 0x0a {
                defer { unread = index + 1..<unread.upperBound }
                return unread.lowerBound..<index
            }
            searched = unread.count
            if try !fill() {
                defer { unread = 0..<0 }
                return unread.isEmpty ? nil : unread
            }
        }
    }

    /// The bytes of a line.
    @_lifetime(borrow self)
    func bytes(_ line: Range<Int>) -> Span<UInt8> {
        storage.span.extracting(line)
    }

    /// Reads once. False: the file has ended.
    private mutating func fill() throws(RecipientsError) -> Bool {
        if unread.count == Self.capacity {
            throw .faulty(line: number, RecipientFault(Self.capacity - 1, "a line of more than 8191 bytes"))
        }
        for index in 0..<unread.count { storage[index] = storage[unread.lowerBound + index] }
        unread = 0..<unread.count
        var span = storage.mutableSpan
        // Sound: the range from the end of the unread bytes to the end of the array.
        let result = unsafe span.withUnsafeMutableBufferPointer { buffer in
            unsafe cmaildir_read_at(
                descriptor, buffer.baseAddress! + unread.count, buffer.count - unread.count, offset)
        }
        guard result >= 0 else { throw .unreadable(StoreError(.readRecipients, Int32(-result))) }
        offset += Int64(result)
        unread = 0..<unread.count + result
        return result > 0
    }
}
