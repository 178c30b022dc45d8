// The sockets that the programs of one connection read and write: the accepted socket, and a pair of stream sockets
// between each two programs. They are sockets and not pipes, because many programs refuse to serve on a pipe.
// Promises that no program reads an end of input before the owner gives it: the owner keeps a copy of every end that a
// program writes to.
internal import CLinux

/// Which descriptors become a child's 0 and 1, and which one is its connection.
package struct ChildStreams: Hashable, Sendable {
    package var input: Int32
    package var output: Int32
    package var connection: Int32

    package init(input: Int32, output: Int32, connection: Int32) {
        self.input = input
        self.output = output
        self.connection = connection
    }
}

/// The sockets of one chain of programs.
package struct ChainSockets: ~Copyable {
    private let connection: Descriptor
    /// What the first program reads in place of the connection; nil: the connection.
    package var input: Descriptor?
    /// One pair between each two programs.
    private typealias Pairs = InlineArray<8, StreamPair?>
    private var pairs: Pairs
    private let count: Int

    /// The most programs of a chain. This module does not know the programs of a service, so a test compares this
    /// number with theirs.
    package static let longest = Pairs.count + 1

    /// - Parameters:
    ///   - connection: the accepted socket; taken over only on success.
    ///   - count: the number of programs, from 1 to ``longest``.
    /// Errors: socketpair(2).
    package init(connection: inout Descriptor?, count: Int) throws(SystemError) {
        precondition(
            connection != nil && (1...Self.longest).contains(count), "a chain has a connection and a bounded length")
        var pairs = Pairs { _ in nil }
        for index in 0..<count - 1 { pairs[index] = try StreamPair() }
        self.pairs = pairs
        self.connection = connection.take()!
        self.count = count
    }

    /// The streams of the program at this position, from 0.
    package func streams(of position: Int) -> ChildStreams {
        ChildStreams(
            input: position == 0 ? inputNumber : readerNumber(position - 1),
            output: position == count - 1 ? connection.number : writerNumber(position), connection: connection.number)
    }

    /// Closes the owner's copy of the input of the program at this position, which has started: it alone reads its
    /// input now.
    package mutating func giveInput(to position: Int) {
        if position > 0 { pairs[position - 1]?.reader = nil }
    }

    /// Ends what the program at this position writes: the next program reads the end of its input, or the peer does
    /// after the last program. Source: shutdown(2).
    package mutating func endOutput(of position: Int) {
        if position < count - 1 {
            pairs[position]?.writer = nil
        } else {
            // Dropped on purpose: it fails when the peer is gone, and a peer that is gone needs no end.
            _ = clinux_end_output(connection.number)
        }
    }

    /// Whether no process is left that reads what the program at this position writes.
    package func isReaderGone(of position: Int) -> Bool {
        let number = position == count - 1 ? connection.number : writerNumber(position)
        return number < 0 || clinux_is_reader_gone(number) == 1
    }

    /// Whether the connection is over in both directions, for example because the peer reset it. Source: tcp_poll,
    /// poll(2).
    package var isPeerGone: Bool { clinux_is_reader_gone(connection.number) == 1 }

    /// Makes the last close of the connection reset it, so that the peer does not take that end for an orderly one.
    ///
    /// Errors: setsockopt(2).
    package func resetAtClose() throws(SystemError) {
        _ = try retrying("set linger") { clinux_reset_at_close(connection.number) }
    }

    private var inputNumber: Int32 {
        switch input {
        case .some(let input): input.number
        case .none: connection.number
        }
    }

    private func readerNumber(_ index: Int) -> Int32 {
        switch pairs[index] {
        case .some(let pair): pair.readerNumber
        case .none: -1
        }
    }

    private func writerNumber(_ index: Int) -> Int32 {
        switch pairs[index] {
        case .some(let pair): pair.writerNumber
        case .none: -1
        }
    }
}

/// Two connected stream sockets: blocking, close-on-exec. Source: socketpair(2).
private struct StreamPair: ~Copyable {
    var writer: Descriptor?
    var reader: Descriptor?

    init() throws(SystemError) {
        let ends = unsafe try descriptorPair("socketpair") { unsafe clinux_stream_pair($0) }
        writer = Descriptor(owning: ends.first)
        reader = Descriptor(owning: ends.second)
    }

    /// -1 after the writing end is closed.
    var writerNumber: Int32 { Self.number(writer) }
    var readerNumber: Int32 { Self.number(reader) }

    private static func number(_ end: borrowing Descriptor?) -> Int32 {
        switch end {
        case .some(let end): end.number
        case .none: -1
        }
    }
}
