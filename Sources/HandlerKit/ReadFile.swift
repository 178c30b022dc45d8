// A file, read with the same calls as a connection: lines, chunks, blocks.
internal import CHandler

/// Opens a regular file, lets something be read from it, and closes it. Nothing can be written to it.
///
/// The buffers of each call stay with the process: for a file or two, not for one after the other.
/// Errors: `reading`, also if the file cannot be opened; and those of the body.
@inline(never)
public func readFile(
    _ path: StaticBytes, _ body: (inout Connection) throws(ConnectionError) -> Void
) throws(ConnectionError) {
    let bytes = path.bytes
    // Sound: an address goes with its count.
    let file = unsafe bytes.withUnsafeBufferPointer { buffer -> Int32 in
        guard let address = buffer.baseAddress else { return -1 }
        return unsafe chandler_open_file(address, buffer.count)
    }
    guard file >= 0 else { throw .reading(errno: -file) }
    // Dropped on purpose: nothing was written.
    defer { _ = chandler_close(file) }
    var connection = Connection(input: file, output: -1)
    try body(&connection)
}
