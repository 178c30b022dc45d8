// Half-close in both directions, with each side closing at each point.
import Glibc
import Testing

@testable import HandlerKit

@Suite("half-close")
struct HalfCloseTests {
    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    @Test("after finishWriting the peer reads the end, and the handler reads what the peer still sends")
    func outputFirst() throws {
        let pair = SocketPair(SOCK_STREAM)
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        try connection.write("bye")
        try connection.finishWriting()
        try connection.finishWriting()
        #expect(pair.peers.receiveAll() == Array("bye".utf8))
        pair.peers.send([Array("one more\n".utf8)])
        guard case .line(let line)? = try connection.nextLine() else { return #expect(Bool(false)) }
        #expect(connection.text(line.text) == "one more")
        shutdown(pair.peers.number, Int32(SHUT_WR))
        #expect(try connection.nextChunk() == nil)
        try connection.close()
    }

    @Test("the end of input is not the end of output")
    func inputFirst() throws {
        let pair = SocketPair(SOCK_STREAM)
        shutdown(pair.peers.number, Int32(SHUT_WR))
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        #expect(try connection.nextChunk() == nil)
        try connection.write("still here")
        try connection.close()
        #expect(pair.peers.receiveAll() == Array("still here".utf8))
    }

    @Test("finishWriting closes a pipe, because a pipe has no other end of output")
    func pipes() throws {
        var ends: [Int32] = [0, 0]
        // Sound: the call fills two numbers.
        let result = unsafe pipe(&ends)
        precondition(result == 0)
        let reader = Descriptor(number: ends[0])
        let input = SocketPair(SOCK_STREAM)
        input.peers.send([Array("more".utf8)])
        var connection = Connection(input: input.ours.number, output: ends[1])
        try connection.write("bye")
        try connection.finishWriting()
        #expect(reader.receiveAll() == Array("bye".utf8))
        #expect(try connection.nextChunk().map { connection.text($0) } == "more")
        shutdown(input.peers.number, Int32(SHUT_WR))
        try connection.close()
    }

    @Test("writing after finishWriting is a bug and traps")
    func afterTheEnd() async {
        await #expect(processExitsWith: .failure) {
            let pair = SocketPair(SOCK_STREAM)
            var connection = Connection(input: pair.ours.number, output: pair.ours.number)
            try connection.finishWriting()
            try connection.write("x")
        }
    }

    @Test("a client that closes at any point of a session is an end, an early end or a gone peer, and no other error")
    func clientCloses() {
        let text = Array("HELLO\r\nBODY 5\r\n12345mail\r\n.\r\nQUIT\r\n".utf8)
        for count in 0...text.count {
            for how in [SHUT_WR, SHUT_RDWR] {
                let pair = SocketPair(SOCK_STREAM)
                pair.peers.send([Array(text.prefix(count))].filter { !$0.isEmpty })
                shutdown(pair.peers.number, Int32(how))
                let outcome = outcome(pair.ours.number)
                #expect([nil, .endedEarly, .peerIsGone].contains(outcome), "after \(count)")
            }
        }
    }

    /// Runs a session with all kinds of reading, and returns the error that it throws.
    private func outcome(_ descriptor: Int32) -> ConnectionError? {
        var connection = Connection(input: descriptor, output: descriptor, capacity: 64)
        do throws(ConnectionError) {
            for _ in 0..<2 {
                guard try connection.nextLine(maximumLength: 20) != nil else { return nil }
                try connection.write("250 ok\r\n")
            }
            var body = FixedLengthBody(5)
            while try connection.nextPiece(of: &body) != nil {}
            var mail = DelimitedBody(endingWith: "\r\n.\r\n")
            while try connection.nextPiece(of: &mail) != nil {}
            try connection.write("250 got it\r\n")
            guard try connection.nextLine(maximumLength: 20) != nil else { return nil }
            try connection.close(lingering: LingerLimits(nanoseconds: 1_000_000))
            return nil
        } catch {
            return error
        }
    }
}
