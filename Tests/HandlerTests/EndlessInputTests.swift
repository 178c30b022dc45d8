// More input than a handler may store: 1 GB of lines, and 200 MB without a single line ending. With the release
// handlers (DOORWARD_HANDLERS_DIR) only, because the figures are theirs, and the others need minutes.
import Glibc
import Testing

// Sound: the result is only compared with nil.
private let areReleaseHandlers = unsafe getenv("DOORWARD_HANDLERS_DIR") != nil

@Suite(
    "endless input", .serialized,
    .enabled(if: areReleaseHandlers, "set DOORWARD_HANDLERS_DIR to the release handlers"),
    .timeLimit(.minutes(2)))
struct EndlessInputTests {
    private static let megabyte = 1 << 20

    /// A megabyte of lines of 63 bytes, or without a line ending, in which no two neighbouring bytes are the same.
    private func block(lines: Bool) -> [UInt8] {
        (0..<Self.megabyte).map { lines && $0 % 64 == 63 ? 0x0a : 0x61 + UInt8($0 % 23) }
    }

    /// Sends the block again and again from a thread, and passes the output to the body piece by piece.
    private func stream(
        _ handler: RunningHandler, _ block: [UInt8], count: Int, _ body: (UnsafeRawBufferPointer) -> Void
    ) {
        let sender = Sender(handler, block, count: count)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 65536, alignment: 64)
        defer { unsafe buffer.deallocate() }
        while true {
            // Sound: the address and the size are those of the buffer.
            let received = unsafe read(handler.output, buffer.baseAddress!, buffer.count)
            if received <= 0 { break }
            unsafe body(UnsafeRawBufferPointer(rebasing: buffer[..<received]))
        }
        sender.join()
    }

    private func echo(
        _ block: [UInt8], count: Int, over transport: Transport, _ command: [String] = ["echo"]
    ) {
        let handler = RunningHandler(command[0], Array(command.dropFirst()), over: transport)
        let twice = block + block
        var (position, isSame) = (0, true)
        unsafe stream(handler, block, count: count) { piece in
            // Sound: two blocks in a row contain any piece that begins in the first.
            let difference = unsafe twice.withUnsafeBytes {
                unsafe memcmp($0.baseAddress! + position % block.count, piece.baseAddress!, piece.count)
            }
            isSame = isSame && difference == 0
            position += piece.count
        }
        #expect(isSame)
        #expect(position == block.count * count)
        let ending = handler.wait()
        #expect(ending.status == 0)
        #expect((1...8192).contains(ending.peakMemory), "KB")
    }

    @Test("1 GB of lines goes through echo, in at most 8 MB", arguments: Transport.allCases)
    func gigabyte(over transport: Transport) {
        echo(block(lines: true), count: 1024, over: transport)
    }

    @Test(
        "300 MB go through a filter, as a program and inside echo, in at most 8 MB",
        arguments: [["lowercase"], ["echo", "--letters", "lowercase"]])
    func filtered(command: [String]) {
        echo(block(lines: true), count: 300, over: .socket, command)
    }

    @Test("200 MB without a line ending go through echo, in at most 8 MB")
    func endlessParagraph() {
        echo(block(lines: false), count: 200, over: .socket)
    }

    @Test("200 MB without a line ending are one line that is too long for hello, in at most 8 MB")
    func endlessLine() {
        let handler = RunningHandler("hello", over: .socket)
        var answer: [UInt8] = []
        unsafe stream(handler, block(lines: false), count: 200) { unsafe answer += Array($0) }
        #expect(String(decoding: answer, as: UTF8.self) == "What is your name?\r\nThat is too long for a name.\r\n")
        let ending = handler.wait()
        #expect(ending.status == 0)
        #expect((1...8192).contains(ending.peakMemory), "KB")
    }

    @Test(
        "a million lines need no more memory than one, also in a filter",
        arguments: [["lowercase"], ["echo", "--letters", "lowercase"]])
    func manyFilteredLines(command: [String]) {
        let arguments = Array(command.dropFirst())
        let small = memoryOfOneLine(command[0], arguments)
        let handler = RunningHandler(command[0], arguments, over: .socket)
        let lines = Array(String(repeating: "ada\n", count: 10_000).utf8)
        var count = 0
        unsafe stream(handler, lines, count: 100) { piece in count += piece.count }
        #expect(count == 4_000_000)
        #expect((1...small + 1024).contains(handler.wait().peakMemory), "KB")
    }

    @Test("a million lines need no more memory than one")
    func manyLines() {
        let small = memoryOfOneLine("hello")
        let handler = RunningHandler("hello", over: .socket)
        let lines = Array(String(repeating: "Ada\n", count: 10_000).utf8)
        var count = 0
        unsafe stream(handler, lines, count: 100) { piece in count += piece.count }
        #expect(count == "What is your name?\r\n".utf8.count + 1_000_000 * "Hello, Ada!\r\n".utf8.count)
        #expect((1...small + 1024).contains(handler.wait().peakMemory), "KB")
    }
}

/// A thread that sends while the test reads, and then ends the input.
private final class Sender {
    private var thread = pthread_t()
    private let handler: RunningHandler
    private let block: [UInt8]
    private let count: Int

    init(_ handler: RunningHandler, _ block: [UInt8], count: Int) {
        (self.handler, self.block, self.count) = (handler, block, count)
        // Sound: the thread is joined before the deinit of this object.
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                let sender = unsafe Unmanaged<Sender>.fromOpaque(argument!).takeUnretainedValue()
                for _ in 0..<sender.count { sender.handler.send(sender.block) }
                sender.handler.endInput()
                return nil
            }, Unmanaged.passUnretained(self).toOpaque())
        precondition(started == 0)
    }

    func join() { _ = pthread_join(thread, nil) }
}
