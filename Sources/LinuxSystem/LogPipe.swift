// The way of a process's log lines to the writer of the log. Neither end ever waits: a line that finds no room is lost,
// and counted by the process that wanted to write it. A line of at most PIPE_BUF bytes is written whole or not at all.
// Source: pipe(7).
internal import CLinux

/// A pipe, both ends non-blocking.
package struct LogPipe: ~Copyable {
    private let reader: Descriptor
    private let writer: Descriptor

    /// - Parameter capacity: how many bytes it is to hold; where the kernel does not let it, it holds fewer.
    /// Errors: pipe(2).
    package init(capacity: Int32) throws(SystemError) {
        let ends = unsafe try descriptorPair("pipe") { unsafe clinux_frame_pipe($0) }
        reader = Descriptor(owning: ends.first)
        writer = Descriptor(owning: ends.second)
        // A user without rights has a limit for all pipes together; then lines are lost earlier.
        _ = clinux_set_pipe_capacity(writer.number, capacity)
    }

    /// For a gate or a worker: some thousand lines, while the writer does not run.
    package static let capacity: Int32 = 256 << 10
    /// For the supervisor, which may have a line for each of many services at once.
    package static let supervisorCapacity: Int32 = 1 << 20

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
