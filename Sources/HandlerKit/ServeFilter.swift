// The main function of a filter that is a program of its own.
internal import CHandler

/// Reads descriptor 0, passes all bytes through a filter to descriptor 1, and ends the process.
///
///     @main struct Double {
///         static func main() { serveFilter(Doubling()) }
///     }
///
/// Sends all output before every read that could block. When the input ends, the filter finishes and the output ends.
/// Exit status: 0; 111 after an error, with a line in the log unless the peer is gone. After an error the filter does
/// not end its output, so that a reader does not take a part for the whole.
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
    /// Reads up to the end of input and writes everything through a filter.
    mutating func pass(through filter: inout some ByteFilter & ~Copyable) throws(ConnectionError) {
        while let chunk = try nextChunk() { try filter.push(chunk, of: input, to: &writer) }
        try filter.finish(to: &writer)
    }
}
