// echo as a program, with the tests as its peer.
import Testing

@Suite("echo", .serialized)
struct EchoTests {
    @Test(
        "a blank line has the effect of --on-blank, and every other byte comes back",
        arguments: [
            ([], "a\r\n\r\nb\n", "a\r\n"), (["--on-blank", "silent"], "a\n\nb\n", "a\n"),
            (["--on-blank", "echo"], "a\r\n\r\nb\n", "a\r\n\r\n"), (["--on-blank", "echo"], "\nb\n", "\n"),
            (["--on-blank", "off"], "a\n\n\r\nb", "a\n\n\r\nb"), ([], "", ""), ([], "\n", ""), ([], "no end", "no end"),
            ([], "\r", "\r"), ([], "\0\u{ff}\u{1}\r\n", "\0\u{ff}\u{1}\r\n"), ([], " \n\n", " \n"),
        ], Transport.allCases)
    func blankLine(_ row: ([String], String, String), over transport: Transport) {
        let (output, ending) = session("echo", row.0, over: transport, input: row.1)
        #expect(output == row.2)
        #expect(ending.status == 0)
        #expect(ending.log == "")
    }

    @Test("each line comes back before the next one is sent", arguments: Transport.allCases)
    func interactive(over transport: Transport) {
        let handler = RunningHandler("echo", over: transport)
        for line in ["Hello\n", "fOo BaR\r\n", "x", "yz\n"] {
            handler.send(line)
            #expect(handler.receive(exactly: line.utf8.count) == line)
        }
        handler.send("\n")
        #expect(handler.receiveAll() == "")
        handler.endInput()
        #expect(handler.wait().status == 0)
    }

    @Test("the last line arrives even if the peer keeps sending", arguments: Transport.allCases)
    func lastLine(over transport: Transport) {
        let handler = RunningHandler("echo", ["--on-blank", "echo"], over: transport)
        handler.send("last\n\n" + String(repeating: "more\n", count: 6000))
        handler.endInput()
        #expect(handler.receive(exactly: 6) == "last\n\n")
        #expect(handler.seesOrderlyEnd())
        #expect(handler.wait().status == 0)
    }

    @Test("lines longer than every buffer come back whole", arguments: [16382, 16383, 16384, 16385, 40000])
    func longLines(length: Int) {
        let text = String(repeating: "x", count: length) + "\r\nshort\n"
        #expect(session("echo", input: text + "\n").output == text)
    }

    @Test("a peer that goes away at any point ends the handler, but never by a signal")
    func goneAtEachPoint() {
        let text = Array("one\r\ntwo\n\n".utf8)
        for transport in Transport.allCases {
            for count in 0...text.count {
                let handler = RunningHandler("echo", over: transport)
                handler.send(Array(text.prefix(count)))
                handler.hangUp()
                #expect([0, 111].contains(handler.wait().status), "\(transport), after \(count)")
            }
        }
    }

    @Test("100 MB need no more memory than one line")
    func constantMemory() {
        let small = memoryOfOneLine("echo")
        let handler = RunningHandler("echo", ["--on-blank", "off"], over: .socket)
        let block = (0..<65536).map { UInt8(truncatingIfNeeded: $0 % 251) }
        var isSame = true
        for _ in 0..<1600 {
            // One block fits into the buffers of the socket, so that one thread can send and then receive.
            handler.send(block)
            var received: [UInt8] = []
            while received.count < block.count {
                let piece = handler.receive(block.count - received.count)
                if piece.isEmpty { break }
                received += piece
            }
            isSame = isSame && received == block
        }
        handler.endInput()
        #expect(isSame)
        #expect(handler.receiveAll() == "")
        let ending = handler.wait()
        #expect(ending.status == 0)
        #expect((1...small + 1024).contains(ending.peakMemory), "KB")
    }

    @Test(
        "wrong arguments are refused with the allowed ones",
        arguments: [
            (["--on-blank", "loud"], "--on-blank: not allowed: loud; allowed: silent echo off\n"),
            (["--on-blank"], "--on-blank: needs a value; allowed: silent echo off\n"),
            (["--lower", "yes"], "arguments: unknown: --lower\n"),
        ])
    func wrongArguments(arguments: [String], log: String) {
        let (output, ending) = session("echo", arguments, input: "hello\n")
        #expect(output == "")
        #expect(ending.log == log)
        #expect(ending.status == 100)
    }

    @Test("--help prints the usage")
    func help() {
        let (output, ending) = session("echo", ["--help"])
        #expect(output == "usage: echo [--on-blank silent|echo|off] [--letters unchanged|lowercase]\n")
        #expect(ending.status == 0)
    }
}
