// command without a login: the built-in commands, faults of the input, and options.
import TestSupport
import Testing

@Suite("command", .serialized)
struct CommandTests {
    private static let greeting = "Welcome to command\nAvailable commands: motd date who quit\n"

    private func answers(_ arguments: [String], _ input: String, environment: [String] = []) -> String {
        let (output, ending) = session("command", arguments, environment: environment, input: input)
        #expect(ending.status == 0)
        let lines = output.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        return String(lines.count > 2 ? lines[2] : "")
    }

    @Test(
        "the end of input ends the session, at once and after a line without an ending",
        arguments: Transport.allCases)
    func endOfInput(over transport: Transport) {
        #expect(session("command", over: transport).output == Self.greeting)
        let (output, ending) = session("command", over: transport, input: "x\ndat")
        #expect(output == Self.greeting + "Commands: motd date who quit\nCommands: motd date who quit\n")
        #expect(ending == HandlerResult(status: 0, log: "", peakMemory: ending.peakMemory))
    }

    @Test("the greeting has the name of the service, or that of --name")
    func greetingName() {
        #expect(session("command", environment: ["DOORWARD_SERVICE=times"]).output.hasPrefix("Welcome to times\n"))
        let (output, _) = session("command", ["--name", "Times Square"], environment: ["DOORWARD_SERVICE=times"])
        #expect(output.hasPrefix("Welcome to Times Square\n"))
    }

    @Test("motd sends the file unchanged, with any bytes, as it is at that time")
    func motd() throws {
        let files = try CommandFiles()
        let handler = RunningHandler("command", files.arguments, over: .socket)
        let greeting = "Welcome to MyApache2::CommandServer\nAvailable commands: motd date who quit\n"
        _ = handler.receive(exactly: greeting.utf8.count)
        let long = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        for text in [Array("no line ending".utf8), long, [0]] {
            try files.write("motd", bytes: text)
            handler.send("motd\n")
            var received: [UInt8] = []
            while received.count < text.count { received += handler.receive(text.count - received.count) }
            #expect(received == text)
        }
        try files.write("motd", "")
        handler.send("motd\nquit\n")
        #expect(handler.receiveAll() == "")
        handler.endInput()
        #expect(handler.wait().status == 0)
    }

    @Test(
        "a motd that is missing, or not a file, has an answer, and the session goes on",
        arguments: ["gone", "commands", "fifo"])
    func noMotd(name: String) throws {
        let files = try CommandFiles()
        if name == "fifo" { makeFIFO(files.path + "/fifo") }
        let (output, ending) = session("command", ["--motd", files.path + "/" + name], input: "motd\nx\n")
        #expect(output == Self.greeting + "There is no message of the day\nCommands: motd date who quit\n")
        #expect(ending.status == 0)
        #expect(ending.log.hasPrefix("cannot read path=\(files.path)/\(name) errno="))
    }

    @Test(
        "date has the form of ctime(3) and the zone of TZ",
        arguments: [("UTC0", "UTC"), ("PST8", "PST"), ("<+0530>-5:30", "+0530")])
    func date(zone: String, abbreviation: String) {
        let line = answers([], "date\n", environment: ["TZ=" + zone])
        #expect(line.hasSuffix("\n"))
        #expect(isDate(line.dropLast()), "\(line)")
        #expect(line.split(separator: " ", omittingEmptySubsequences: true)[4] == abbreviation)
    }

    @Test("who lists only the sessions in utmp, without a byte that is a control character to a terminal")
    func who() throws {
        let files = try CommandFiles()
        let long = String(repeating: "u", count: 32)
        try files.write(
            "utmp",
            bytes: record(user: "reboot", line: "~", seconds: 0, kind: 2)
                + record(user: "gone", line: "tty9", seconds: 0, kind: 8)
                + record(user: "bad\u{1b}[2J\u{7f}", line: "t\n y", seconds: 0)
                + record(user: long, line: long, seconds: 86400 * 9)
                + record(user: "cut", line: "tty1", seconds: 0).prefix(200))
        let expected = "bad?[2J? t??y     Jan  1 00:00\n\(long) \(long) Jan 10 00:00\n"
        #expect(answers(files.arguments, "who\n", environment: ["TZ=UTC0"]) == expected)
    }

    @Test("the output of who is bounded")
    func manySessions() throws {
        let files = try CommandFiles()
        let one = record(user: "dougm", line: "pts/1", seconds: 0)
        try files.write("utmp", bytes: Array(repeating: one, count: 501).flatMap { $0 })
        let lines = answers(files.arguments, "who\n").split(separator: "\n")
        #expect(lines.count == 501)
        #expect(lines.last == "...")
    }

    @Test("a utmp that cannot be read has an answer, and the session goes on")
    func noSessions() {
        let (output, ending) = session("command", ["--utmp", "/nowhere"], input: "who\nx\n")
        #expect(output == Self.greeting + "The list of users cannot be read here\nCommands: motd date who quit\n")
        #expect(
            ending
                == HandlerResult(status: 0, log: "cannot read path=/nowhere errno=2\n", peakMemory: ending.peakMemory))
    }

    @Test(
        "a line that is too long has one answer, and the next line is a command again",
        arguments: [1024, 1025, 20_000, 300_000])
    func longLine(length: Int) throws {
        let files = try CommandFiles()
        let line = String(repeating: "m", count: length - 1) + "\n"
        let expected = length > 1024 ? "Line too long\n" : "Commands: motd date who quit\n"
        #expect(answers(files.arguments, line + "motd\n") == expected + "Have a lot of fun...\n")
    }

    @Test("a million lines need no more memory than one")
    func constantMemory() {
        let small = memoryOfOneLine("command")
        let handler = RunningHandler("command", over: .socket)
        let block = Array(String(repeating: "\nquiet\r\n0\n", count: 100).utf8)
        let answer = String(repeating: "Commands: motd date who quit\n", count: 200).utf8.count
        _ = handler.receive(exactly: Self.greeting.utf8.count)
        for _ in 0..<3000 {
            handler.send(block)
            var left = answer
            while left > 0 {
                let count = handler.receive(left).count
                if count == 0 { break }
                left -= count
            }
        }
        handler.endInput()
        #expect(handler.receiveAll() == "")
        #expect((1...small + 1024).contains(handler.wait().peakMemory), "KB")
    }

    @Test("a peer that goes away ends the handler, but never by a signal")
    func gone() throws {
        let files = try CommandFiles()
        for transport in Transport.allCases {
            for input in ["", "mo", "motd\n", "date\nwho\nmotd\n"] {
                let handler = RunningHandler("command", files.arguments, over: transport)
                handler.send(input)
                handler.hangUp()
                #expect([0, 111].contains(handler.wait().status))
            }
        }
    }

    @Test("the handler waits for a silent peer at most for --idle-limit")
    func idle() {
        let handler = RunningHandler("command", ["--idle-limit", "1s"], over: .socket)
        #expect(handler.receiveAll() == Self.greeting)
        #expect(handler.wait() == HandlerResult(status: 111, log: "idle limit passed\n", peakMemory: 0))
    }

    @Test(
        "options that do not fit together are refused, with the reason",
        arguments: [
            (["--require", "valid-user"], "--require: needs --auth-file\n"),
            (["--auth-file", "/x"], "--auth-file: nobody is asked for a password without --require\n"),
            (["--group-file", "/x"], "--group-file: no group is asked for without --require\n"),
            (["--require", "group a", "--auth-file", "/x"], "--require: a group needs --group-file\n"),
            (
                ["--require", "dougm", "--auth-file", "/x"],
                "--require: not a requirement; allowed: \"user NAME...\", \"group NAME...\", valid-user\n"
            ),
            (
                ["--require", "user", "--auth-file", "/x"],
                "--require: not a requirement; allowed: \"user NAME...\", \"group NAME...\", valid-user\n"
            ),
            (
                ["--require", "valid-user dougm", "--auth-file", "/x"],
                "--require: not a requirement; allowed: \"user NAME...\", \"group NAME...\", valid-user\n"
            ),
            (["--motd", ""], "--motd: not allowed: ; allowed: a text that is not empty\n"),
            (["--motd"], "--motd: needs a value; allowed: a text that is not empty\n"),
            (
                ["--failure-delay", "31s"],
                "--failure-delay: not allowed: 31s; allowed: 0s to 30s, as 500ms, 30s, 5min or 1h\n"
            ),
            (
                ["--command-timeout", "10"],
                "--command-timeout: not allowed: 10; allowed: 1ms to 3600s, as 500ms, 30s, 5min or 1h\n"
            ),
            (
                ["--command-output", "2G"],
                "--command-output: not allowed: 2G; allowed: 1 to 1073741824 bytes, as 512, 64K or 1M\n"
            ),
            (["--password", "x"], "arguments: unknown: --password\n"),
        ])
    func wrongArguments(arguments: [String], log: String) {
        let (output, ending) = session("command", arguments, input: "date\n")
        #expect(output == "")
        #expect(ending.log == log)
        #expect(ending.status == 100)
    }
}
