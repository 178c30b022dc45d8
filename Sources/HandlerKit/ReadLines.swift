// Files of lines, which a handler reads with the same calls as a connection: lines of limited length, constant memory,
// nothing repaired. For a handler's own files, such as those of a login. An embedded handler never gives the buffers of
// a call back.

/// Passes a file to the body to read lines from it.
///
///     try readLines(of: descriptor, capacity: 4096) { file throws(ConnectionError) in
///         while let event = try file.nextLine(maximumLength: 1024) { … }
///     }
/// - Parameters:
///   - descriptor: open for reading; it stays open. The body must not write to its connection.
///   - capacity: the size of the buffer, in bytes; more than the longest line.
public func readLines(
    of descriptor: Int32, capacity: Int, _ body: (inout Connection) throws(ConnectionError) -> Void
) throws(ConnectionError) {
    var file = Connection(input: descriptor, output: -1, capacity: capacity)
    try body(&file)
}
