// The sessions of mod_perl's CommandServer as transcripts in Golden/command/, with the input cut at every place. They
// are not among those of TranscriptTests because they need files of their own and contain a date.
import TestSupport
import Testing

@Suite("command, golden transcripts", .serialized)
struct CommandGoldenTests {
    static let names = ["login", "denied", "unknown"]

    /// Starts the handler of a transcript, with its files.
    private func start(_ transcript: Transcript, _ files: CommandFiles, over transport: Transport) -> RunningHandler {
        RunningHandler(
            transcript.handler, transcript.arguments.map { $0.replacing("FILES", with: files.path) }, over: transport,
            environment: transcript.environment)
    }

    /// Checks all output up to the end of the session, which the handler ends: the input does not end before.
    private func check(_ handler: RunningHandler, _ transcript: Transcript, _ circumstances: String) {
        let lines = handler.receiveAll().split(separator: "\n", omittingEmptySubsequences: false)
        let output = lines.map { isDate($0) ? "(a date)" : $0 }.joined(separator: "\n")
        #expect(output == String(decoding: transcript.received, as: UTF8.self), "\(circumstances)")
        handler.endInput()
        let ending = handler.wait()
        #expect(ending.status == transcript.status)
        #expect(ending.log == transcript.log)
    }

    @Test(
        "a session goes as the original's, in one piece, byte by byte and cut at each byte",
        arguments: names)
    func cuts(name: String) throws {
        let files = try CommandFiles()
        let transcript = Transcript(name: "command/\(name).txt")
        for cut in Segmentation.all(of: transcript.sent) {
            let handler = start(transcript, files, over: .packets)
            for piece in cut.pieces(of: transcript.sent) { handler.send(piece) }
            check(handler, transcript, "\(cut)")
        }
    }

    @Test("lines that end in CR LF, or in several CRs, are the same lines", arguments: names)
    func carriageReturns(name: String) throws {
        let files = try CommandFiles()
        let transcript = Transcript(name: "command/\(name).txt")
        for ending in ["\r\n", "\r\r\n"] {
            let handler = start(transcript, files, over: .socket)
            handler.send(String(decoding: transcript.sent, as: UTF8.self).replacing("\n", with: ending))
            check(handler, transcript, "\(ending.utf8.count) bytes at the end of a line")
        }
    }

    @Test("a prompt is sent before the handler waits for the answer", arguments: Transport.allCases)
    func interactive(over transport: Transport) throws {
        let files = try CommandFiles()
        let handler = RunningHandler("command", files.login("user dougm"), over: transport)
        #expect(handler.receive(exactly: 7) == "Login: ")
        handler.send("dougm\n")
        #expect(handler.receive(exactly: 10) == "Password: ")
        handler.send("foobar\n")
        let greeting = "Welcome to MyApache2::CommandServer\nAvailable commands: motd date who quit\n"
        #expect(handler.receive(exactly: greeting.utf8.count) == greeting)
        handler.send("motd\n")
        #expect(handler.receive(exactly: 21) == "Have a lot of fun...\n")
        handler.send("quit\n")
        #expect(handler.receiveAll() == "")
        handler.endInput()
        #expect(handler.wait().status == 0)
    }
}
