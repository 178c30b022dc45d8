// The original's sessions as transcripts in Golden/command/, however the input is cut. Not among those of TranscriptTests: they
// need files that are made for them, and hold a date.
import TestSupport
import Testing

@Suite("command, golden transcripts", .serialized)
struct CommandGoldenTests {
    static let names = ["login", "denied", "unknown"]

    /// The handler of a transcript, with its files.
    private func start(_ transcript: Transcript, _ files: CommandFiles, over transport: Transport) -> RunningHandler {
        RunningHandler(
            transcript.handler, transcript.arguments.map { $0.replacing("FILES", with: files.path) }, over: transport,
            environment: transcript.environment)
    }

    /// Everything that comes until the handler ends the session: nobody says that no more is sent.
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
        "CS-01 to CS-09, W-32: a session is the original's, in one piece, byte by byte and cut at each byte",
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

    @Test("CS-04: lines that end in CR LF, or in several CRs, are the same lines", arguments: names)
    func carriageReturns(name: String) throws {
        let files = try CommandFiles()
        let transcript = Transcript(name: "command/\(name).txt")
        for ending in ["\r\n", "\r\r\n"] {
            let handler = start(transcript, files, over: .socket)
            handler.send(String(decoding: transcript.sent, as: UTF8.self).replacing("\n", with: ending))
            check(handler, transcript, "\(ending.utf8.count) bytes at the end of a line")
        }
    }

    @Test("CS-09: a prompt comes before the answer is sent", arguments: Transport.allCases)
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
