import TestSupport
import Testing

@testable import LinuxSystem

struct FrameTests {
    @Test("a frame is its count and its bytes", arguments: [1, 2, 255, 256, Frame.mostBytes])
    func form(count: Int) {
        let content = [UInt8](repeating: 7, count: count)
        let whole = Frame.whole(content)
        #expect(whole == [UInt8(count % 256), UInt8(count / 256)] + content)
        #expect(Frame.content(of: whole) == content)
        #expect(whole.count <= 4096)
        for length in 0..<2 { #expect(Frame.missing(after: Array(whole.prefix(length))) == 2 - length) }
        for length in 2...whole.count {
            #expect(Frame.missing(after: Array(whole.prefix(length))) == whole.count - length)
        }
    }

    @Test("a count of none, or of more than a frame has, begins no frame", arguments: [0, Frame.mostBytes + 1, 0xffff])
    func counts(count: Int) { #expect(Frame.missing(after: [UInt8(count % 256), UInt8(count / 256)]) == nil) }

    @Test("content that fits no frame is a bug and traps", arguments: [0, Frame.mostBytes + 1])
    func bounds(count: Int) async {
        await #expect(processExitsWith: .failure) { [count] in _ = Frame.whole([UInt8](repeating: 0, count: count)) }
    }
}

struct FramePipeTests {
    /// Both ends; a test closes one of them by nil.
    private final class Ends {
        var reader: FrameReader?
        var writer: FrameWriter?
        private let writerNumber: Int32

        init() throws {
            let pipe = try FramePipe()
            writerNumber = pipe.writer.number
            reader = FrameReader(adopting: try duplicate(pipe.reader.number).release())
            writer = FrameWriter(adopting: try duplicate(pipe.writer.number).release())
        }

        func offer(_ bytes: [UInt8]) -> Bool { writer?.offer(bytes) ?? false }

        func receive() throws -> FrameReader.Received? { try reader?.receive() }

        /// Writes bytes that need not be a frame.
        func write(_ bytes: [UInt8]) throws {
            guard let number = writer?.number else { return }
            try writeBytes(bytes.span, to: number)
        }
    }

    @Test("frames arrive whole, one by one, in their order; without one, and between them, there is nothing")
    func frames() throws {
        let ends = try Ends()
        #expect(try ends.receive() == .nothing)
        let long = [UInt8](repeating: 3, count: Frame.mostBytes)
        #expect(ends.offer([1]) && ends.offer(long) && ends.offer([2, 2]))
        #expect(try ends.receive() == .frame([1]))
        #expect(try ends.receive() == .frame(long))
        #expect(try ends.receive() == .frame([2, 2]))
        #expect(try ends.receive() == .nothing)
    }

    @Test("a frame that comes in pieces is one frame, wherever it is cut")
    func pieces() throws {
        let whole = Frame.whole([1, 2, 3])
        for cut in 1..<whole.count {
            let ends = try Ends()
            try ends.write(Array(whole[..<cut]))
            #expect(try ends.receive() == .nothing)
            #expect(try ends.receive() == .nothing)
            try ends.write(Array(whole[cut...]) + Frame.whole([4]))
            #expect(try ends.receive() == .frame([1, 2, 3]))
            #expect(try ends.receive() == .frame([4]))
        }
    }

    @Test("after bytes that are no frame, none is found any more")
    func malformed() throws {
        let ends = try Ends()
        try ends.write([0, 0] + Frame.whole([1]))
        #expect(try ends.receive() == .malformed)
        #expect(try ends.receive() == .malformed)
    }

    @Test("a poller tells of each frame that is there, however many were read before")
    func poller() throws {
        let ends = try Ends()
        var poller = try Poller()
        guard let number = ends.reader?.number else { return }
        try poller.add(number, token: 1)
        #expect(ends.offer([1]) && ends.offer([2]))
        for value: UInt8 in [1, 2] {
            let ready = try poller.wait(timeoutNanoseconds: 0)
            #expect(ready == 1)
            #expect(try ends.receive() == .frame([value]))
        }
        let ready = try poller.wait(timeoutNanoseconds: 0)
        #expect(ready == 0)
    }

    @Test("the reader finds a closed pipe after the writer is gone and the earlier frames are read")
    func closed() throws {
        let pipe = try FramePipe()
        let isSent = pipe.writer.offer([1])
        #expect(isSent)
        var reader = FrameReader(adopting: try duplicate(pipe.reader.number).release())
        _ = consume pipe
        let found = [try reader.receive(), try reader.receive()]
        #expect(found == [.frame([1]), .closed])
    }

    // In a process of its own: one that another test forks would keep a copy of the reader.
    @Test("a frame is dropped when the reader is gone")
    func gone() async {
        await #expect(processExitsWith: .success) {
            let ends = try Ends()
            let isSent = ends.offer([1])
            ends.reader = nil
            withoutPipeSignal {
                let isSentToNone = ends.offer([1])
                #expect(isSent && !isSentToNone)
            }
        }
    }

    @Test("a frame is dropped whole when the pipe is full")
    func full() throws {
        let ends = try Ends()
        let bytes = [UInt8](repeating: 9, count: 1000)
        var count = 0
        while count < 100_000, ends.offer(bytes) { count += 1 }
        #expect(count > 0 && count < 100_000)
        for _ in 0..<count { #expect(try ends.receive() == .frame(bytes)) }
        #expect(try ends.receive() == .nothing)
        #expect(ends.offer([1]))
    }

    @Test("both ends are close-on-exec")
    func closeOnExec() throws {
        let pipe = try FramePipe()
        let (reader, writer) = (isCloseOnExec(pipe.reader.number), isCloseOnExec(pipe.writer.number))
        #expect(reader && writer)
    }
}
