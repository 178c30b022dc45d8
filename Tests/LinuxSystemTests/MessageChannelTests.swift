import LinuxSystem
import TestSupport
import Testing

/// A received message, in a form that can be compared.
private enum Found: Hashable {
    case nothing, closed
    case message([UInt8], hasDescriptor: Bool)
}

private func receive(_ channel: borrowing MessageChannel) throws -> Found {
    switch try channel.receive() {
    case .nothing: .nothing
    case .closed: .closed
    case .message(let bytes, let descriptor): .message(bytes, hasDescriptor: descriptor != nil)
    }
}

struct MessageChannelTests {
    @Test("an offered message arrives; it is dropped when the channel is full, and when the other end is gone")
    func offer() throws {
        let pair = try MessageChannel.pair()
        let isSent = pair.gate.offer([1])
        #expect(isSent)
        #expect(try receive(pair.supervisor) == .message([1], hasDescriptor: false))
        var count = 0
        while count < 100_000, pair.gate.offer([2]) { count += 1 }
        #expect(count > 0 && count < 100_000)
        for _ in 0..<count { #expect(try receive(pair.supervisor) == .message([2], hasDescriptor: false)) }
        #expect(try receive(pair.supervisor) == .nothing)
        let supervisor = pair.takeSupervisorEnd()
        let isSentToNone = supervisor.offer([3])
        #expect(!isSentToNone)
    }

    @Test("messages arrive whole, one by one, in their order, in both directions")
    func messages() throws {
        let pair = try MessageChannel.pair()
        #expect(try receive(pair.gate) == .nothing)
        try pair.supervisor.send([1, 2, 3])
        try pair.supervisor.send([4])
        try pair.gate.send([5])
        #expect(try receive(pair.gate) == .message([1, 2, 3], hasDescriptor: false))
        #expect(try receive(pair.gate) == .message([4], hasDescriptor: false))
        #expect(try receive(pair.gate) == .nothing)
        #expect(try receive(pair.supervisor) == .message([5], hasDescriptor: false))
    }

    @Test("a passed descriptor is a copy: usable, close-on-exec, and owned by its receiver")
    func descriptor() throws {
        let pair = try MessageChannel.pair()
        let ends = try streamEnds()
        try pair.supervisor.send([1], passing: ends.far.number)
        let near = ends.takeNear()
        guard case .message([1], let passed?) = try pair.gate.receive() else {
            Issue.record("no descriptor came with the message")
            return
        }
        #expect(isCloseOnExec(passed.number))
        try passed.writeAll([9].span)
        _ = consume passed
        #expect(try readAll(near) == [9])
    }

    @Test("a channel is closed after its other end is gone and the earlier messages are read")
    func closed() throws {
        let pair = try MessageChannel.pair()
        try pair.gate.send([1])
        let supervisor = pair.takeSupervisorEnd()
        #expect(try receive(supervisor) == .message([1], hasDescriptor: false))
        #expect(try receive(supervisor) == .closed)
        #expect(throws: SystemError("sendmsg", Errno(32))) { try supervisor.send([2]) }
    }

    @Test("a message that does not fit into the queue is an error, never a wait")
    func full() throws {
        let pair = try MessageChannel.pair()
        #expect(throws: SystemError("sendmsg", .again)) {
            for _ in 0..<100_000 { try pair.supervisor.send([0]) }
        }
    }

    @Test("a message of more than 4096 bytes is cut")
    func long() throws {
        let pair = try MessageChannel.pair()
        try pair.supervisor.send([UInt8](repeating: 7, count: 5000))
        #expect(try receive(pair.gate) == .message([UInt8](repeating: 7, count: 4096), hasDescriptor: false))
        #expect(try receive(pair.gate) == .nothing)
    }

    @Test("descriptors after the first one of a message are closed, not kept", arguments: [1, 2, 3, 9])
    func manyDescriptors(count: Int) async {
        await #expect(processExitsWith: .success) { [count] in
            let pair = try MessageChannel.pair()
            let null = try Startup.openNull()
            let before = try openDescriptors()
            for _ in 0..<20 {
                try send([1], passing: [Int32](repeating: null.number, count: count), over: pair.gate.number)
                let found = try receive(pair.supervisor)
                #expect(found == .message([1], hasDescriptor: true))
            }
            let after = try openDescriptors()
            #expect(before == after)
        }
    }
}
