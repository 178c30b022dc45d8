// The way of a process's log lines to the writer of the log. Neither end ever waits: a line that finds no room is lost,
// and counted by the process that wanted to write it. A line of at most PIPE_BUF bytes is written whole or not at all.
// Source: pipe(7).
internal import CLinux

/// A pipe, both ends non-blocking.
package struct LogPipe: ~Copyable {
    private let reader: Descriptor
    private let writer: Descriptor

    /// Errors: pipe(2).
    package init() throws(SystemError) {
        let ends = unsafe try descriptorPair("pipe") { unsafe clinux_frame_pipe($0) }
        reader = Descriptor(owning: ends.first)
        writer = Descriptor(owning: ends.second)
    }

    /// The number to start a process with.
    package var writerNumber: Int32 { writer.number }

    /// The reading end; closes the other one.
    package consuming func takeReader() -> Descriptor { reader }

    /// The writing end, after the reading end went elsewhere.
    package consuming func takeWriter(giving take: (consuming Descriptor) -> Void) -> Descriptor {
        take(reader)
        return writer
    }
}
