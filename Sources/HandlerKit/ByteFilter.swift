// A filter: changes a stream of bytes on its way. One type, and two places for it:
//   a program of its own     `serveFilter`, from descriptor 0 to descriptor 1, between other programs
//   inside a handler         `Connection.filterInput` and `filterOutput`, around what the handler reads and writes
// Promises, in both: every byte of one direction comes once and in order, and what was written before a read that could
// block was sent by then. A filter's own promise is that what it writes depends on the bytes alone, never on how they
// were cut: it keeps what it cannot judge yet, and no more than that.
// Source: shared/reference/protocols.md 1.3 and 5.2.

/// What a stream of bytes goes through.
///
///     struct Doubling: ByteFilter {
///         mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError) {
///             for index in bytes.indices {
///                 try writer.write(byte: bytes[index])
///                 try writer.write(byte: bytes[index])
///             }
///         }
///     }
public protocol ByteFilter: ~Copyable {
    /// The most bytes that it writes for one more byte, or at the end. Only a filter of a connection's input is
    /// asked: to write more is a bug there and traps. The smaller, the faster.
    static var mostForOneByte: Int { get }

    /// Takes the next bytes, at least one, and writes what comes of them: as much, more, less or nothing.
    ///
    /// Errors: the writer's; there is no need to catch them.
    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError)

    /// Writes what it still has: nothing more comes. Called once.
    ///
    /// Errors: the writer's.
    mutating func finish(to writer: inout ByteWriter) throws(ConnectionError)
}

extension ByteFilter where Self: ~Copyable {
    /// Enough for most: 1024.
    public static var mostForOneByte: Int { 1024 }

    /// Writes nothing.
    public mutating func finish(to writer: inout ByteWriter) throws(ConnectionError) {}

    /// Takes bytes of an input.
    mutating func push(
        _ slice: InputSlice, of input: borrowing Input, to writer: inout ByteWriter
    ) throws(ConnectionError) {
        try push(input.bytes(of: slice), to: &writer)
    }
}
