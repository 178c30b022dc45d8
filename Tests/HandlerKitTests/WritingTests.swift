// Output: when it is sent, whether all of it arrives, and how a connection ends.
import Glibc
import Testing

@testable import HandlerKit

@Suite("writing")
struct WritingTests {
    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    @Test(
        "replies to lines that came together are sent together",
        arguments: [(Segmentation.whole, 1), (Segmentation.bytes, 10)])
    func batching(cut: Segmentation, writes: Int) throws {
        let input = SocketPair(SOCK_SEQPACKET)
        let output = SocketPair(SOCK_SEQPACKET)
        input.peers.send(cut.pieces(of: Array("a\nb\nc\nd\ne\nf\ng\nh\ni\nj\n".utf8)))
        shutdown(input.peers.number, Int32(SHUT_WR))
        var connection = Connection(input: input.ours.number, output: output.ours.number, capacity: 64)
        while case .line? = try connection.nextLine(maximumLength: 8) { try connection.write("ok\n") }
        #expect(output.peers.receivePackets().count == writes)
    }

    @Test("output is sent on a flush and not before")
    func flushing() throws {
        let pair = SocketPair(SOCK_SEQPACKET)
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        try connection.write("one ")
        try connection.write("two")
        #expect(pair.peers.receivePackets().isEmpty)
        try connection.flush()
        #expect(pair.peers.receivePackets() == [Array("one two".utf8)])
    }

    @Test("any number is sent in decimal")
    func numbers() throws {
        let pair = SocketPair(SOCK_SEQPACKET)
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        for number in [0, -1, 42, Int.max, .min] {
            try connection.write(number)
            try connection.write(" ")
        }
        try connection.flush()
        let sent = pair.peers.receivePackets().flatMap { $0 }
        #expect(String(decoding: sent, as: UTF8.self) == "0 -1 42 9223372036854775807 -9223372036854775808 ")
    }

    @Test("a slow reader gets every byte in order", arguments: [1, 7, 100, 4096, 5000])
    func slowReader(pieceSize: Int) throws {
        let pair = SocketPair(SOCK_STREAM)
        var size: Int32 = 1
        // Sound: the option is an int.
        _ = unsafe setsockopt(pair.ours.number, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        // Non-blocking, so that a write that does not fit is partial.
        _ = fcntl(pair.ours.number, F_SETFL, O_NONBLOCK)
        let total = 300_000 / pieceSize * pieceSize
        let reader = BackgroundThread(descriptor: dup(pair.peers.number)) { Descriptor(number: $0).receiveAll() }
        var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: 4096)
        for start in stride(from: 0, to: total, by: pieceSize) {
            // A variable, because Swift 6.3.1 crashes on the span of a temporary array in a call that throws.
            let piece = (start..<start + pieceSize).map { UInt8(truncatingIfNeeded: $0 / 3) }
            try connection.write(piece.span)
        }
        try connection.flush()
        shutdown(pair.ours.number, Int32(SHUT_WR))
        #expect(reader.join() == (0..<total).map { UInt8(truncatingIfNeeded: $0 / 3) })
    }

    @Test("a peer that is gone is an error, not a signal")
    func peerIsGone() throws {
        let pair = SocketPair(SOCK_STREAM)
        shutdown(pair.peers.number, Int32(SHUT_RDWR))
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        try connection.write("hello")
        #expect(throws: ConnectionError.peerIsGone) { try connection.flush() }
    }

    @Test("closing reads what the peer still sends, up to a bound", arguments: [100, 40_000, 120_000])
    func lingering(sent: Int) throws {
        let pair = SocketPair(SOCK_STREAM)
        pair.peers.send([[UInt8](repeating: 0x78, count: sent)])
        shutdown(pair.peers.number, Int32(SHUT_WR))
        var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: 1024)
        try connection.write("bye")
        try connection.close()
        #expect(pair.peers.receiveAll() == Array("bye".utf8))
        #expect(pair.ours.receiveAll().count <= max(0, sent - 65536))
    }

    @Test("closing waits for a silent peer only as long as its limit")
    func silentPeer() throws {
        let pair = SocketPair(SOCK_STREAM)
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        try connection.write("bye")
        try connection.close(lingering: LingerLimits(nanoseconds: 1_000_000))
        #expect(pair.peers.receiveAll() == Array("bye".utf8))
    }
}

/// A thread that reads or writes while the test does the other.
final class BackgroundThread {
    private var thread = pthread_t()

    private final class Work {
        let descriptor: Int32
        let body: (Int32) -> [UInt8]
        var result: [UInt8] = []

        init(_ descriptor: Int32, _ body: @escaping (Int32) -> [UInt8]) {
            self.descriptor = descriptor
            self.body = body
        }
    }

    private let work: Work

    init(descriptor: Int32, _ body: @escaping (Int32) -> [UInt8]) {
        work = Work(descriptor, body)
        // Sound: the thread is joined before the deinit of `work`, and no other thread accesses it until then.
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                let work = unsafe Unmanaged<Work>.fromOpaque(argument!).takeUnretainedValue()
                work.result = work.body(work.descriptor)
                return nil
            }, Unmanaged.passUnretained(work).toOpaque())
        precondition(started == 0)
    }

    func join() -> [UInt8] {
        _ = pthread_join(thread, nil)
        return work.result
    }
}
