// A filter changes a stream of bytes on its way. One type serves in two places:
//   as a program of its own  `serveFilter`, from descriptor 0 to descriptor 1, between other programs
//   inside a handler         `Connection.filterInput` and `filterOutput`, around what the handler reads and writes
// Promises, in both: a filter gets every byte of one direction once and in order, and what it wrote is sent before any
// read that could block. Each filter has to promise itself that its output depends on the bytes alone, never on how the
// stream was cut: it keeps the bytes that it cannot transform yet, and no others. The model is a mod_perl 2.0
// connection filter (perl.apache.org, user guide, "Input and Output Filters").

/// A transformation of a stream of bytes.
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
    /// The most bytes that the filter writes for one byte of input, or in `finish`. It matters only for a filter of a
    /// connection's input, where writing more is a bug and traps. A smaller number makes such a filter faster.
    static var mostForOneByte: Int { get }

    /// Takes the next bytes, at least one, and writes the result: as many bytes, more, fewer or none.
    ///
    /// Errors: the writer's; a filter need not catch them.
    mutating func push(_ bytes: borrowing Span<UInt8>, to writer: inout ByteWriter) throws(ConnectionError)

    /// Writes the bytes that the filter still keeps, because the stream has ended. Called once.
    ///
    /// Errors: the writer's.
    mutating func finish(to writer: inout ByteWriter) throws(ConnectionError)
}

extension ByteFilter where Self: ~Copyable {
    /// 1024, which is enough for most filters.
    public static var mostForOneByte: Int { 1024 }

    /// Writes nothing.
    public mutating func finish(to writer: inout ByteWriter) throws(ConnectionError) {}

    /// Pushes bytes of an input through the filter.
    mutating func push(
        _ slice: InputSlice, of input: borrowing Input, to writer: inout ByteWriter
    ) throws(ConnectionError) {
        try push(input.bytes(of: slice), to: &writer)
    }
}
