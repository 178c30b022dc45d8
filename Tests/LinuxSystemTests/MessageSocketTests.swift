import LinuxSystem
import TestSupport
import Testing

/// A received message, in a form that can be compared.
private enum Found: Hashable {
    case nothing, closed
    case message([UInt8], descriptors: Int)
}

private func receive(_ end: borrowing MessageReceiver) throws -> Found {
    switch try end.receive() {
    case .nothing: return .nothing
    case .closed: return .closed
    case .message(let bytes, let passed):
        let (first, second) = (passed.first != nil, passed.second != nil)
        return .message(bytes, descriptors: [first, second].count { $0 })
    }
}

struct MessageSocketTests {
    @Test("messages arrive whole, one by one, in their order")
    func messages() throws {
        let socket = try MessageSocket()
        #expect(try receive(socket.receiver) == .nothing)
        try socket.sender.send([1, 2, 3])
        try socket.sender.send([4])
        #expect(try receive(socket.receiver) == .message([1, 2, 3], descriptors: 0))
        #expect(try receive(socket.receiver) == .message([4], descriptors: 0))
        #expect(try receive(socket.receiver) == .nothing)
    }

    @Test("nothing can be sent back, with or without a descriptor", arguments: [[], [2], [2, 2]] as [[Int32]])
    func oneWay(passed: [Int32]) throws {
        let socket = try MessageSocket()
        let back = MessageChannel(adopting: try duplicate(socket.receiver.number).release())
        #expect(throws: SystemError("sendmsg", Errno(32))) { try back.send([1], passing: passed) }
        // The other direction is as before.
        try socket.sender.send([2])
        #expect(try receive(socket.receiver) == .message([2], descriptors: 0))
    }

    @Test("passed descriptors are copies: usable, close-on-exec, and owned by their receiver")
    func descriptors() throws {
        let socket = try MessageSocket()
        let (first, second) = (try Pipe(), try Pipe())
        try socket.sender.send([1], passing: [first.writer, second.writer])
        guard case .message([1], var passed) = try socket.receiver.receive(), let one = passed.first.take(),
            let other = passed.second.take()
        else {
            Issue.record("no descriptors came with the message")
            return
        }
        #expect(isCloseOnExec(one.number) && isCloseOnExec(other.number))
        try one.writeAll([9].span)
        try other.writeAll([8].span)
        #expect(try first.read() == [9])
        #expect(try second.read() == [8])
    }

    @Test("descriptors that are not taken are closed, and so are those for which a message has no room")
    func closing() async {
        await #expect(processExitsWith: .success) {
            let socket = try MessageSocket()
            let null = try Startup.openNull()
            let before = try openDescriptors()
            for count in [0, 1, 2, 3, 9] {
                let passed = [Int32](repeating: null.number, count: count)
                try send([1], passing: passed, over: socket.sender.number)
                let found = try receive(socket.receiver)
                #expect(found == .message([1], descriptors: min(count, 2)))
            }
            let after = try openDescriptors()
            #expect(before == after)
        }
    }

    @Test("the receiver finds a closed socket after the sender is gone and the earlier messages are read")
    func closed() throws {
        let socket = try MessageSocket()
        try socket.sender.send([1])
        let receiver = socket.takeReceiver()
        #expect(try receive(receiver) == .message([1], descriptors: 0))
        #expect(try receive(receiver) == .closed)
    }

    @Test("a message to a receiver that is gone is an error")
    func gone() throws {
        let sender = try MessageSocket().takeSender()
        #expect(throws: SystemError("sendmsg", Errno(32))) { try sender.send([2]) }
    }

    @Test("a message that does not fit into the queue is an error, never a wait")
    func full() throws {
        let socket = try MessageSocket()
        #expect(throws: SystemError("sendmsg", .again)) {
            for _ in 0..<100_000 { try socket.sender.send([0]) }
        }
    }

    @Test("a message of more than 4096 bytes is cut")
    func long() throws {
        let socket = try MessageSocket()
        try socket.sender.send([UInt8](repeating: 7, count: 5000))
        #expect(try receive(socket.receiver) == .message([UInt8](repeating: 7, count: 4096), descriptors: 0))
        #expect(try receive(socket.receiver) == .nothing)
    }
}

/// A pipe whose bytes a test reads.
private final class Pipe {
    private let pipe: HandlerPipe
    init() throws { pipe = try HandlerPipe() }
    var writer: Int32 { pipe.writerNumber }

    func read() throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = try pipe.read(into: &bytes)
        return Array(bytes[..<count])
    }
}
