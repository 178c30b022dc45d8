import LinuxSystem
import TestSupport
import Testing

struct ProcessChannelTests {
    @Test("orders go down, with descriptors; reports come up")
    func bothWays() throws {
        let channel = try ProcessChannel()
        let child = try childEnd(of: channel)
        let null = try Startup.openNull()
        try channel.parent.send([1, 2], passing: [null.number])
        guard case .message([1, 2], let passed) = try child.receive(), passed.first != nil else {
            Issue.record("no order")
            return
        }
        let isSent = child.offer([3])
        var parent = channel.takeParentEnd()
        let report = try parent.receive()
        #expect(isSent && report == .frame([3]))
    }

    @Test("a child without a parent finds its channel closed, and its reports are dropped")
    func orphan() throws {
        let channel = try ProcessChannel()
        let child = try childEnd(of: channel)
        _ = consume channel
        guard case .closed = try child.receive() else {
            Issue.record("not closed")
            return
        }
        withoutPipeSignal {
            let isSent = child.offer([1])
            #expect(!isSent)
        }
    }

    @Test("a parent whose child has ended finds its channel closed")
    func ended() throws {
        var parent = try ProcessChannel().takeParentEnd()
        let found = try parent.receive()
        #expect(found == .closed)
        #expect(throws: SystemError("sendmsg", Errno(32))) { try parent.send([1]) }
    }

    @Test("the ends of two processes hear each other, and each finds out when the other has ended")
    func frames() throws {
        var ends = try FrameChannelEnds()
        ends.gate?.offer([1])
        let asked = try ends.resolver?.receive()
        ends.resolver?.offer([2])
        let answered = try ends.gate?.receive()
        #expect(asked == .frame([1]) && answered == .frame([2]))
        ends.gate = nil
        let closed = try ends.resolver?.receive()
        #expect(closed == .closed)
    }

    @Test("an end that is passed with a message is whole there, and one that came by half is none")
    func passed() throws {
        let socket = try MessageSocket()
        var ends = try FrameChannelEnds()
        let numbers: [Int32] = ends.gate?.numbers.all ?? []
        try socket.sender.send([0], passing: numbers)
        try socket.sender.send([0], passing: Array(numbers.prefix(1)))
        guard case .message(_, let passed) = try socket.receiver.receive(), var end = FrameChannel(passed) else {
            Issue.record("no end came")
            return
        }
        end.offer([5])
        let heard = try ends.resolver?.receive()
        ends.resolver?.offer([6])
        let answer = try end.receive()
        #expect(heard == .frame([5]) && answer == .frame([6]))
        guard case .message(_, let half) = try socket.receiver.receive() else { return }
        let none = FrameChannel(half) == nil
        #expect(none)
    }
}
