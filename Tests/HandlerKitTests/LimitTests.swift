// Deadlines, idle limits and rates: each ends in an error of its own, in its time, and not before. The tests wait only
// for the limits themselves.
import Glibc
import Testing

@testable import HandlerKit

@Suite("limits")
struct LimitTests {
    init() {
        signal(SIGPIPE, SIG_IGN)
    }

    /// The error that a body throws, and the time until then.
    private func failure(_ body: () throws(ConnectionError) -> Void) -> (error: ConnectionError?, time: Duration) {
        let start = ContinuousClock.now
        do throws(ConnectionError) {
            try body()
            return (nil, ContinuousClock.now - start)
        } catch {
            return (error, ContinuousClock.now - start)
        }
    }

    /// Passes a connection over a socket, and the peer's end, to the body.
    private func talking(
        _ body: (inout Connection, borrowing Descriptor) throws(ConnectionError) -> Void
    ) throws(ConnectionError) {
        let pair = SocketPair(SOCK_STREAM)
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        try body(&connection, pair.peers)
    }

    /// Each kind of reading.
    private static let readings: [ReadOperation] = [
        .line(8), .paragraph, .chunk(8), .block(8), .bytes(8), .fixedLength(8), .delimited("\r\n.\r\n"),
    ]

    @Test("a silent peer passes the idle limit in every kind of reading", arguments: readings)
    func idle(reading: ReadOperation) throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.idleLimit = .milliseconds(20)
            connection.beginPhase(within: .seconds(600))
            connection.minimumRate = .bytes(1, per: .seconds(600))
            let (error, time) = failure { () throws(ConnectionError) in _ = try connection.perform(reading) }
            #expect(error == .idleLimitPassed)
            #expect(time >= .milliseconds(20))
        }
    }

    @Test("a phase ends at its deadline in every kind of reading", arguments: readings)
    func deadline(reading: ReadOperation) throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.idleLimit = .seconds(600)
            connection.beginPhase(within: .milliseconds(20))
            let (error, time) = failure { () throws(ConnectionError) in _ = try connection.perform(reading) }
            #expect(error == .deadlinePassed)
            #expect(time >= .milliseconds(20))
        }
    }

    @Test("a peer that keeps sending does not postpone the deadline")
    func busyPeer() throws {
        let pair = SocketPair(SOCK_SEQPACKET)
        pair.peers.send([[UInt8]](repeating: [0x61], count: 100))
        var connection = Connection(input: pair.ours.number, output: pair.ours.number)
        connection.idleLimit = .seconds(600)
        connection.beginPhase(within: .milliseconds(10))
        let start = ContinuousClock.now
        #expect(throws: ConnectionError.deadlinePassed) {
            while true {
                _ = try connection.nextChunk()
                pair.peers.send([[0x61]])
            }
        }
        #expect(ContinuousClock.now - start >= .milliseconds(10))
    }

    @Test("after the deadline buffered bytes can be taken, but a new read throws")
    func buffered() throws {
        try talking { connection, peer throws(ConnectionError) in
            peer.send([Array("one\ntwo\n".utf8)])
            _ = try connection.nextLine()
            connection.beginPhase(within: .zero)
            guard case .line(let line)? = try connection.nextLine() else { return }
            #expect(connection.text(line.text) == "two")
            peer.send([Array("three\n".utf8)])
            #expect(throws: ConnectionError.deadlinePassed) { _ = try connection.nextLine() }
        }
    }

    @Test("a peer that sends less than the minimum rate is too slow, and one that sends more is not")
    func rate() throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.idleLimit = .seconds(600)
            connection.minimumRate = .bytes(100, per: .milliseconds(20))
            for _ in 0..<50 {
                peer.send([[UInt8](repeating: 0x61, count: 100)])
                var fixedBody = FixedLengthBody(100)
                while try connection.nextPiece(of: &fixedBody) != nil {}
            }
            peer.send([[UInt8](repeating: 0x61, count: 99)])
            let (error, time) = failure { () throws(ConnectionError) in
                var fixedBody = FixedLengthBody(100)
                while try connection.nextPiece(of: &fixedBody) != nil {}
            }
            #expect(error == .tooSlow)
            #expect(time >= .milliseconds(15))
        }
    }

    @Test("a slow-loris peer that keeps within the idle limit is still too slow")
    func slowLoris() throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.idleLimit = .milliseconds(500)
            connection.minimumRate = .bytes(1000, per: .milliseconds(30))
            let sender = SlowSender(descriptor: dup(peer.number), every: 1000)
            #expect(throws: ConnectionError.tooSlow) {
                while try connection.nextChunk() != nil {}
            }
            sender.stop()
        }
    }

    @Test("the handler's own time does not count against the peer")
    func ownTime() throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.idleLimit = .milliseconds(50)
            connection.minimumRate = .bytes(1000, per: .milliseconds(50))
            for _ in 0..<3 {
                peer.send([[0x61]])
                usleep(30_000)
                _ = try connection.nextChunk()
            }
        }
    }

    @Test("written bytes are sent before the wait that a limit ends")
    func flushesFirst() throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.idleLimit = .milliseconds(5)
            try connection.write("Login: ")
            #expect(throws: ConnectionError.idleLimitPassed) { _ = try connection.nextLine() }
            #expect(peer.receive() == Array("Login: ".utf8))
        }
    }

    @Test("after a limit each read throws, but a last reply still arrives; a new phase begins anew")
    func lastReply() throws {
        try talking { connection, peer throws(ConnectionError) in
            connection.beginPhase(within: .milliseconds(1))
            #expect(throws: ConnectionError.deadlinePassed) { _ = try connection.nextLine() }
            peer.send([Array("late\n".utf8)])
            #expect(throws: ConnectionError.deadlinePassed) { _ = try connection.nextLine() }
            try connection.write("421 too late\r\n")
            try connection.flush()
            #expect(peer.receive() == Array("421 too late\r\n".utf8))
            connection.beginPhase()
            guard case .line(let line)? = try connection.nextLine() else { return }
            #expect(connection.text(line.text) == "late")
        }
    }

    /// Passes a connection whose peer does not read, over a socket or a pipe, to the body.
    private func unread(
        overPipe: Bool, _ body: (inout Connection) throws(ConnectionError) -> Void
    ) throws(ConnectionError) {
        let pair = SocketPair(SOCK_STREAM)
        var size: Int32 = 1
        // Sound: the option is an int, and the call fills two numbers.
        _ = unsafe setsockopt(pair.ours.number, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        var ends: [Int32] = [0, 0]
        let result = unsafe pipe(&ends)
        precondition(result == 0)
        let reader = Descriptor(number: ends[0])
        let writer = Descriptor(number: ends[1])
        let output = overPipe ? writer.number : pair.ours.number
        var connection = Connection(input: pair.ours.number, output: output, capacity: 4096)
        try body(&connection)
        withExtendedLifetime(reader.number) {}
    }

    @Test("a peer that does not read passes the idle limit, over a socket and over a pipe", arguments: [false, true])
    func unreadIdle(overPipe: Bool) throws {
        try unread(overPipe: overPipe) { connection throws(ConnectionError) in
            connection.idleLimit = .milliseconds(20)
            let block = [UInt8](repeating: 0x78, count: 5000)
            let (error, time) = failure { () throws(ConnectionError) in
                for _ in 0..<1000 { try connection.write(block.span) }
            }
            #expect(error == .idleLimitPassed)
            #expect(time >= .milliseconds(20))
        }
    }

    @Test("a peer that does not read passes the deadline and the minimum rate", arguments: [false, true])
    func unreadDeadline(overPipe: Bool) throws {
        try unread(overPipe: overPipe) { connection throws(ConnectionError) in
            let block = [UInt8](repeating: 0x78, count: 5000)
            connection.beginPhase(within: .milliseconds(20))
            #expect(throws: ConnectionError.deadlinePassed) {
                for _ in 0..<1000 { try connection.write(block.span) }
            }
            connection.beginPhase()
            connection.minimumRate = .bytes(1000, per: .milliseconds(20))
            #expect(throws: ConnectionError.tooSlow) {
                for _ in 0..<1000 { try connection.write(block.span) }
            }
        }
    }

    @Test("with limits too, a slow reader gets every byte in order", arguments: [1, 100, 5000])
    func slowReader(pieceSize: Int) throws {
        let pair = SocketPair(SOCK_STREAM)
        var size: Int32 = 1
        // Sound: the option is an int.
        _ = unsafe setsockopt(pair.ours.number, SOL_SOCKET, SO_SNDBUF, &size, socklen_t(MemoryLayout<Int32>.size))
        let total = 200_000
        let reader = BackgroundThread(descriptor: dup(pair.peers.number)) { Descriptor(number: $0).receiveAll() }
        var connection = Connection(input: pair.ours.number, output: pair.ours.number, capacity: 4096)
        connection.idleLimit = .seconds(60)
        connection.minimumRate = .bytes(1, per: .seconds(60))
        for start in stride(from: 0, to: total, by: pieceSize) {
            let piece = (start..<start + pieceSize).map { UInt8(truncatingIfNeeded: $0 / 3) }
            try connection.write(piece.span)
        }
        try connection.finishWriting()
        #expect(reader.join() == (0..<total).map { UInt8(truncatingIfNeeded: $0 / 3) })
    }

    @Test(
        "a limit can be set in any unit and read back",
        arguments: [Duration.milliseconds(1), .seconds(300), .nanoseconds(1)])
    func units(limit: Duration) throws {
        try talking { connection, peer throws(ConnectionError) in
            #expect(connection.idleLimit == nil)
            connection.idleLimit = limit
            #expect(connection.idleLimit == limit)
            connection.idleLimit = nil
            #expect(connection.idleLimit == nil)
            #expect(connection.writer.limits.isUnlimited)
        }
        #expect(Duration.seconds(1 << 40).clampedNanoseconds == .max)
        #expect(Duration.seconds(-1).clampedNanoseconds == 0)
    }

    @Test("a session that passes a limit ends with 111, a line in the log, and its last reply sent")
    func served() async throws {
        let result = try await #require(
            processExitsWith: .exitCode(111), observing: [\.standardErrorContent, \.standardOutputContent]
        ) {
            let pair = SocketPair(SOCK_STREAM)
            _ = dup2(pair.ours.number, 0)
            _ = dup(pair.peers.number)  // stays open after the deinit of the pair
            serve { connection throws(ConnectionError) in
                connection.idleLimit = .milliseconds(5)
                do throws(ConnectionError) {
                    _ = try connection.nextLine()
                } catch .idleLimitPassed {
                    try connection.write("421 are you there?\n")
                    throw .idleLimitPassed
                }
                return .done
            }
        }
        #expect(String(decoding: result.standardErrorContent, as: UTF8.self).contains("idle limit passed\n"))
        #expect(String(decoding: result.standardOutputContent, as: UTF8.self).contains("421 are you there?\n"))
    }
}

/// A thread that sends a byte at a time, with pauses.
final class SlowSender {
    private var thread = pthread_t()
    private let descriptor: Int32
    private let microseconds: UInt32

    init(descriptor: Int32, every microseconds: UInt32) {
        self.descriptor = descriptor
        self.microseconds = microseconds
        // Sound: the thread is joined before the deinit of this object.
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                let sender = unsafe Unmanaged<SlowSender>.fromOpaque(argument!).takeUnretainedValue()
                var byte: UInt8 = 0x61
                while unsafe send(sender.descriptor, &byte, 1, Int32(MSG_NOSIGNAL)) == 1 {
                    usleep(sender.microseconds)
                }
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        precondition(started == 0)
    }

    /// Ends the thread.
    func stop() {
        shutdown(descriptor, Int32(SHUT_RDWR))
        _ = pthread_join(thread, nil)
        close(descriptor)
    }
}
