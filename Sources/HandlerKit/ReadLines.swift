// Files of lines, read with what connections are read with: lines of limited length, constant memory, nothing repaired.
// For a handler's own files, such as those of a login; each use in an embedded handler takes memory that is not given back.

/// Lets the body read a file's lines.
///
///     try readLines(of: descriptor, capacity: 4096) { file throws(ConnectionError) in
///         while let event = try file.nextLine(maximumLength: 1024) { … }
///     }
/// - Parameters:
///   - descriptor: open for reading; it stays open. Nothing may be written to what the body gets.
///   - capacity: of the buffer, in bytes; longer than the longest line.
public func readLines(
    of descriptor: Int32, capacity: Int, _ body: (inout Connection) throws(ConnectionError) -> Void
) throws(ConnectionError) {
    var file = Connection(input: descriptor, output: -1, capacity: capacity)
    try body(&file)
}
