// A filter as a program of its own.
internal import CHandler

/// Puts everything that comes on descriptor 0 through a filter and sends it on to descriptor 1, and ends the process.
///
///     @main struct Double {
///         static func main() { serveFilter(Doubling()) }
///     }
///
/// Sends what it has before every read that could block. The end of input is the end of output, after the filter finished.
/// Exit status: 0; 111 after an error, with a line in the log unless it is only that the peer is gone. Whoever reads the output
/// is then not told that it ends: a part would pass for the whole.
public func serveFilter(_ filter: consuming some ByteFilter & ~Copyable) -> Never {
    var filter = filter
    serve { connection throws(ConnectionError) in
        do throws(ConnectionError) {
            try connection.pass(through: &filter)
        } catch {
            error.log()
            chandler_exit(ExitStatus.temporaryFailure.rawValue)
        }
        return .done
    }
}

extension Connection {
    /// Writes everything that is read, up to the end of input, through a filter.
    mutating func pass(through filter: inout some ByteFilter & ~Copyable) throws(ConnectionError) {
        while let chunk = try nextChunk() { try filter.push(chunk, of: input, to: &writer) }
        try filter.finish(to: &writer)
    }
}
