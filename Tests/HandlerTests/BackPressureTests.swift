// A peer that sends and does not read: the handler waits, and reads no more than its buffers and the kernel's can hold.
import Glibc
import Testing

@Suite("back-pressure", .serialized)
struct BackPressureTests {
    @Test(
        "a handler reads a bounded amount from a peer that does not read, and later sends the result of every byte",
        arguments: [["echo", "--on-blank", "off"], ["echo", "--letters", "lowercase"], ["lowercase"], ["hello"]])
    func slowReader(command: [String]) {
        let arguments = Array(command.dropFirst())
        let small = memoryOfOneLine(command[0], arguments)
        let handler = RunningHandler(command[0], arguments, over: .socket)
        let block = Array(String(repeating: "0123456789abcde\n", count: 256).utf8)
        var taken = 0
        // If the handler takes no byte for half a second, it waits in write(2), because its peer does not read.
        while handler.canSend(milliseconds: 500) {
            // Sound: the address and the count are those of the array.
            let sent = unsafe block.withUnsafeBytes {
                unsafe send(handler.input, $0.baseAddress, $0.count, Int32(MSG_DONTWAIT))
            }
            if sent > 0 { taken += sent }
            if taken > 64 << 20 { break }
        }
        #expect(taken > 65536)
        #expect(taken < 64 << 20)
        handler.endInput()
        let answer = handler.receiveAll().utf8.count
        let greeting = "What is your name?\r\n".utf8.count
        let lines = (taken + 15) / 16
        if command[0] == "hello" {
            #expect(answer == greeting + taken - lines + lines * "Hello, !\r\n".utf8.count)
        } else {
            #expect(answer == taken)
        }
        let ending = handler.wait()
        #expect(ending.status == 0)
        // Two runs of one program differ by some pages; a program that kept its input would have grown by megabytes.
        #expect((1...small + 1024).contains(ending.peakMemory), "KB")
    }
}
