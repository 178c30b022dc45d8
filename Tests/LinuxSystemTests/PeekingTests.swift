import Addresses
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

/// Both ends of a TCP connection on loopback.
private final class Pair {
    let near: Descriptor
    private(set) var far: Descriptor?

    init() throws {
        let listener = try Listener(.ip(.v4(127 << 24 | 1), port: 0), options: SocketOptions())
        far = try connected(to: listener.bound)
        guard let accepted = try acceptConnection(from: listener.descriptor.number) else {
            throw SystemError("accept", .again)
        }
        near = accepted.takeDescriptor()
    }

    func send(_ text: String) throws { try far?.writeAll(Array(text.utf8).span) }
    func close() { far = nil }
    var isOver: Bool { near.isInputOver }
    func resetFar() { if let far = far.take() { reset(far) } }
}

struct PeekingTests {
    private let pair: Pair

    init() throws { pair = try Pair() }

    @Test("a peek finds nothing, bytes or the end, and removes no byte")
    func peek() throws {
        #expect(pair.near.peek() == .nothing)
        try pair.send("ab")
        #expect(pair.near.peek() == .bytes)
        pair.close()
        #expect(pair.near.peek() == .bytes)
        #expect(try readOnce(pair.near) == Array("ab".utf8))
        #expect(pair.near.peek() == .end)
    }

    @Test("a reset is an end")
    func resets() {
        pair.resetFar()
        #expect(pair.near.peek() == .end)
        #expect(pair.isOver)
    }

    @Test("exactly the wanted bytes are taken, and what follows them stays")
    func take() throws {
        var room = [UInt8](repeating: 0, count: 5)
        let none = pair.near.peek(into: &room)
        #expect(none == 0)
        try pair.send("header body")
        let found = pair.near.peek(into: &room)
        #expect(found == 5 && text(room) == "heade")
        let isTaken = pair.near.take(3, into: &room)
        #expect(isTaken)
        #expect(try readOnce(pair.near) == Array("der body".utf8))
        let isTakenAgain = pair.near.take(1, into: &room)
        #expect(!isTakenAgain)
        pair.close()
        let end = pair.near.peek(into: &room)
        #expect(end == nil)
    }

    @Test("a connection is readable from the wanted number of bytes on, and at the end")
    func leastInput() throws {
        var poller = try Poller()
        try poller.add(pair.near.number, token: 1)
        pair.near.setLeastInput(4)
        try pair.send("abc")
        let few = try poller.wait(timeoutNanoseconds: 0)
        #expect(few == 0 && !pair.isOver)
        try pair.send("d")
        let enough = try poller.wait(timeoutNanoseconds: 1_000_000_000)
        #expect(enough == 1)
        pair.near.setLeastInput(100)
        let more = try poller.wait(timeoutNanoseconds: 0)
        #expect(more == 0)
        pair.close()
        let end = try poller.wait(timeoutNanoseconds: 1_000_000_000)
        #expect(end == 1 && pair.isOver)
    }
}
