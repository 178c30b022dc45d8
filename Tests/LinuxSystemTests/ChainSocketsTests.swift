import Glibc
import TestSupport
import Testing

@testable import LinuxSystem

/// The sockets of a chain of this many programs, on a connection with `far` as the peer's end.
private func chain(of count: Int, on ends: borrowing Ends) throws -> ChainSockets {
    var connection: Descriptor? = try Descriptor.duplicate(of: ends.near.number)
    return try ChainSockets(connection: &connection, count: count)
}

struct ChainSocketsTests {
    @Test("a chain of one program has the connection on both sides")
    func alone() throws {
        let sockets = try chain(of: 1, on: try streamEnds())
        let streams = sockets.streams(of: 0)
        #expect(streams.input == streams.connection && streams.output == streams.connection)
    }

    @Test("each program reads what the program before it wrote; the first and the last have the connection")
    func order() throws {
        let sockets = try chain(of: 3, on: try streamEnds())
        let streams = (0..<3).map { sockets.streams(of: $0) }
        #expect(streams[0].input == streams[0].connection && streams[2].output == streams[0].connection)
        for position in 0..<2 {
            try writeBytes([UInt8(position)].span, to: streams[position].output)
            let found = try readOnce(try Descriptor.duplicate(of: streams[position + 1].input))
            #expect(found == [UInt8(position)])
        }
    }

    @Test("an input of its own is what the first program reads, and no other; the connection stays the same")
    func input() throws {
        var sockets = try chain(of: 2, on: try streamEnds())
        let before = (0..<2).map { sockets.streams(of: $0) }
        let input = try Startup.openNull()
        let number = input.number
        sockets.input = consume input
        let after = (0..<2).map { sockets.streams(of: $0) }
        var first = before[0]
        first.input = number
        #expect(after == [first, before[1]])
    }

    @Test("a reader reads the end only after the owner gives it")
    func end() throws {
        var sockets = try chain(of: 2, on: try streamEnds())
        let streams = (0..<2).map { sockets.streams(of: $0) }
        let reader = try Descriptor.duplicate(of: streams[1].input)
        let writer = try Descriptor.duplicate(of: streams[0].output)
        sockets.giveInput(to: 1)
        try writer.writeAll([1].span)
        drop(writer)
        let first = try readOnce(reader)
        #expect(first == [1])
        let before = hasEnd(reader)
        sockets.endOutput(of: 0)
        let after = hasEnd(reader)
        #expect(!before && after)
    }

    @Test("a writer sees that its reader is gone, also when the reader is the peer")
    func readerGone() throws {
        let ends = try streamEnds()
        var sockets = try chain(of: 2, on: ends)
        let before = [0, 1].map { sockets.isReaderGone(of: $0) }
        sockets.giveInput(to: 1)
        let between = [0, 1].map { sockets.isReaderGone(of: $0) }
        drop(ends)
        let after = [0, 1].map { sockets.isReaderGone(of: $0) }
        #expect(before == [false, false])
        #expect(between == [true, false])
        #expect(after == [true, true])
    }
}

private func drop(_ descriptor: consuming Descriptor) {}
private func drop(_ ends: consuming Ends) {}

/// Whether reading returns the end, without waiting for it.
private func hasEnd(_ descriptor: borrowing Descriptor) -> Bool {
    var byte: UInt8 = 0
    // Sound: the call writes at most one byte, into a variable of one.
    return unsafe recv(descriptor.number, &byte, 1, Int32(MSG_DONTWAIT)) == 0
}
