// The original's sessions as transcripts in Golden/, however the input is cut.
import Glibc
import Testing

/// A transcript: what the client sends, and what it gets.
private struct Transcript {
    var client = ""
    var server = ""

    init(_ name: String) throws {
        let path = #filePath.prefix(upTo: #filePath.lastIndex(of: "/")!) + "/Golden/\(name).txt"
        // Sound: the path is copied by the call.
        let file = unsafe open(String(path), O_RDONLY | O_CLOEXEC)
        try #require(file >= 0)
        defer { close(file) }
        for line in String(decoding: readToEnd(file), as: UTF8.self).split(separator: "\n") {
            switch line.prefix(3) {
            case "C: ": client += line.dropFirst(3) + "\n"
            case "S: ": server += line.dropFirst(3) + "\n"
            case "P: ": server += line.dropFirst(3)
            default: precondition(line.hasPrefix("#"), "no line of a transcript: \(line)")
            }
        }
    }
}

@Suite("command, golden transcripts", .serialized)
struct CommandGoldenTests {
    /// The output with its dates taken out.
    private func normalized(_ output: String) -> String {
        output.split(separator: "\n", omittingEmptySubsequences: false).map { isDate($0) ? "(a date)" : String($0) }
            .joined(separator: "\n")
    }

    @Test(
        "CS-01 to CS-09, W-32: a session is the original's, in one piece, byte by byte and cut at each byte",
        arguments: [("command-login", 0), ("command-denied", 77), ("command-unknown", 0)] as [(String, Int32)])
    func transcripts(name: String, status: Int32) throws {
        let files = try CommandFiles()
        let transcript = try Transcript(name)
        let arguments = name == "command-unknown" ? files.arguments : files.login("user dougm")
        let bytes = Array(transcript.client.utf8)
        let cuts =
            [[bytes], bytes.map { [$0] }]
            + bytes.indices.dropFirst().map { [Array(bytes[..<$0]), Array(bytes[$0...])] }
        for cut in cuts {
            let handler = RunningHandler("command", arguments, over: .packets, environment: ["TZ=PST8"])
            for piece in cut { handler.send(piece) }
            // No end of input: the session must end by itself.
            let output = normalized(handler.receiveAll())
            #expect(output == transcript.server, "cut: \(cut.map(\.count))")
            handler.endInput()
            #expect(handler.wait().status == status)
        }
    }

    @Test("CS-04: lines that end in CR LF, or in several CRs, are the same lines")
    func carriageReturns() throws {
        let files = try CommandFiles()
        for ending in ["\r\n", "\r\r\n"] {
            let transcript = try Transcript("command-login")
            let input = transcript.client.split(separator: "\n").joined(separator: ending) + ending
            let (output, status) = session(
                "command", files.login("user dougm"), environment: ["TZ=PST8"], input: input)
            #expect(normalized(output) == transcript.server)
            #expect(status.status == 0)
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
