// A file, which a handler reads with the same calls as a connection: lines, chunks, blocks.
internal import CHandler

/// Opens a regular file, passes it to the body to read from it, and closes it. The body cannot write to it.
///
/// An embedded handler never gives the buffers of a call back, so it should call this only a few times.
/// Errors: `reading`, also if the file cannot be opened; and those of the body.
@inline(never)
public func readFile(
    _ path: StaticBytes, _ body: (inout Connection) throws(ConnectionError) -> Void
) throws(ConnectionError) {
    let bytes = path.bytes
    // Sound: the address and the count are those of the path.
    let file = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
        guard let address = buffer.baseAddress else { return -1 }
        return unsafe chandler_open_file(address, buffer.count)
    }
    guard file >= 0 else { throw .reading(errno: -file) }
    // Dropped on purpose: nothing was written, so a failed close loses nothing.
    defer { _ = chandler_close(file) }
    var connection = Connection(input: file, output: -1)
    try body(&connection)
}
