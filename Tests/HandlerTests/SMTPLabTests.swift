// smtp-lab as a program, with the tests as a client that sends mail.
import Glibc
import TestSupport
import Testing

@Suite("smtp-lab", .serialized)
struct SMTPLabTests {
    private static let hello = "EHLO me\r\nMAIL FROM:<a@b>\r\n"
    private static let message = "A: b\r\n\r\n..dots\r\nlong \(String(repeating: "x", count: 3000))\r\n"

    /// The codes of all replies except those of the greeting and EHLO.
    private func codes(_ output: String) -> [Substring] {
        output.split(separator: "\r\n").filter { $0.dropFirst(3).first == " " }.dropFirst(2).map { $0.prefix(3) }
    }

    private func files(_ path: String) -> [String] {
        // Sound: the stream is closed below, and each name is copied before the next entry is read.
        guard let stream = unsafe opendir(path) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { start in
                unsafe start.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    @Test(
        "a message becomes a file with its id as the name, byte for byte, and each event a line of JSON",
        arguments: Transport.allCases)
    func stores(over transport: Transport) throws {
        let directory = try TemporaryDirectory()
        let input = Self.hello + "RCPT TO:<\"q\\\"\"@d>\r\nDATA\r\n\(Self.message).\r\nQUIT\r\n"
        let (output, ending) = session("smtp-lab", ["--directory", directory.path], over: transport, input: input)
        #expect(codes(output) == ["250", "250", "354", "250", "221"])
        #expect(ending.status == 0)
        let names = files(directory.path)
        #expect(names.count == 1 && names[0].hasSuffix(".eml"))
        let id = names[0].dropLast(4)
        #expect(output.contains("250 2.0.0 accepted as \(id)\r\n"))
        let file = unsafe open(directory.path + "/" + names[0], O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        let expected = Self.message.split(separator: "..", maxSplits: 1).joined(separator: ".")
        #expect(String(decoding: readToEnd(file), as: UTF8.self) == expected)
        let lines = ending.log.split(separator: "\n")
        #expect(lines.allSatisfy { $0.hasPrefix("{\"event\":\"") && $0.hasSuffix("}") })
        #expect(
            lines.contains(
                "{\"event\":\"rcpt\",\"id\":\"\(id)\",\"text\":\"\\u0022q\\u005c\\u0022\\u0022@d\",\"code\":250}"))
        #expect(
            lines.contains("{\"event\":\"stored\",\"id\":\"\(id)\",\"size\":\(expected.utf8.count),\"recipients\":1}"))
    }

    @Test("addresses beyond ASCII are UTF-8 in the log, and EHLO's limits have six digits at most (RFC 9422 4.1)")
    func international() {
        let (output, ending) = session("smtp-lab", input: "EHLO me\r\nMAIL FROM:<grüße@b> SMTPUTF8\r\n")
        #expect(output.contains("MAILMAX=999999\r\n"))
        #expect(ending.log.contains("\"text\":\"grüße@b\",\"code\":250}"))
    }

    @Test("a message that is refused, aborted or cut off leaves no file")
    func leavesNothing() throws {
        let directory = try TemporaryDirectory()
        let begin = Self.hello + "RCPT TO:<c@d>\r\n"
        for (arguments, rest) in [
            (["--fault", "message=451"], "DATA\r\nx\r\n.\r\n"), ([], "BDAT 3\r\nx\r\nRSET\r\n"), ([], "DATA\r\nx\r\n"),
            (["--profile", "internet"], "BDAT 2 LAST\r\nx\n"), (["--fault", "message=drop"], "DATA\r\nx\r\n.\r\n"),
        ] {
            _ = session("smtp-lab", ["--directory", directory.path] + arguments, input: begin + rest)
            #expect(files(directory.path).filter { $0.hasSuffix(".eml") } == [])
        }
        // A drop ends the process, as a crash would; the file that it leaves has another name.
        #expect(files(directory.path).allSatisfy { $0.hasPrefix(".") && $0.hasSuffix(".part") })
    }

    @Test("a missing --directory is 451, and no message is lost silently")
    func noDirectory() {
        let (output, ending) = session(
            "smtp-lab", ["--directory", "/nonexistent"],
            input: Self.hello + "RCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\nQUIT\r\n")
        #expect(codes(output) == ["250", "250", "354", "451", "221"])
        #expect(ending.log.contains("\"event\":\"not stored\""))
    }

    @Test("--accept accepts recipients by pattern, without regard to case; without it all are accepted")
    func accepts() {
        let recipients = ["a@x.test", "A@X.TEST", "b@x.test", "a@y", "ab@x.test"]
        let input = Self.hello + recipients.map { "RCPT TO:<\($0)>\r\n" }.joined()
        #expect(codes(session("smtp-lab", input: input).output) == ["250", "250", "250", "250", "250", "250"])
        let one = session("smtp-lab", ["--accept", "a@*"], input: input).output
        #expect(codes(one) == ["250", "250", "250", "550", "250", "550"])
        let two = session("smtp-lab", ["--accept", "*@y", "--accept", "b*.test"], input: input).output
        #expect(codes(two) == ["250", "550", "550", "250", "250", "550"])
    }

    @Test(
        "--fault changes the reply at its point, and 421 ends the session",
        arguments: [
            ("connect=554", "554", "250"), ("hello=550", "550", "250"), ("mail=452", "452", "250"),
            ("rcpt=450", "450", "354"),
            ("data=451", "451", "250"), ("message=554", "554", "221"), ("noop=500", "500", "250"),
            ("quit=421", "421", "221"),
            ("rset=421", "421", "250"), ("vrfy=504", "504", "252"), ("rcpt=450@0%", "221", "450"),
        ])
    func faults(row: (String, String, String)) {
        let input = "EHLO me\r\nNOOP\r\nVRFY x\r\nRSET\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\nQUIT\r\n"
        let output = session("smtp-lab", ["--fault", row.0], input: input).output
        let said = output.split(separator: "\r\n").filter { $0.dropFirst(3).first == " " }.map { String($0.prefix(3)) }
        #expect(said.contains(row.1))
        if row.1 == "421" { #expect(said.last == "421") }
    }

    @Test(
        "the same seed gives the same faults to the same addresses, another seed gives others, and the percentage holds"
    )
    func seeds() {
        func answers(_ seed: Int) -> [Substring] {
            (0..<8).flatMap { number in
                let recipients = (0..<25).map { "RCPT TO:<u\(number * 25 + $0)@d>\r\n" }.joined()
                let fault = ["--seed", "\(seed)", "--fault", "rcpt=450@30%"]
                return codes(session("smtp-lab", fault, input: Self.hello + recipients).output).dropFirst()
            }
        }
        let first = answers(1)
        #expect(first.count == 200)
        #expect(first == answers(1))
        #expect(first != answers(2))
        #expect((35...85).contains(first.filter { $0 == "450" }.count))
    }

    @Test("drop ends the connection without a reply, and a delay comes before the reply")
    func dropAndDelay() {
        let dropped = session("smtp-lab", ["--fault", "mail=drop"], input: Self.hello)
        #expect(!dropped.output.contains("250 2.1.0"))
        #expect(dropped.ending.log.contains("\"fault\":\"drop\""))
        let clock = ContinuousClock()
        let time = clock.measure { _ = session("smtp-lab", ["--fault", "mail=150ms"], input: Self.hello) }
        #expect(time >= .milliseconds(150))
    }

    @Test(
        "a fault that cannot be parsed starts no session",
        arguments: [
            "", "x", "rcpt", "rcpt=", "rcpt=250", "rcpt=600", "rcpt=460", "foo=450", "rcpt=450@", "rcpt=450@30",
            "rcpt=450@101%", "rcpt=1h", "rcpt=s", "=450",
        ])
    func wrongFaults(text: String) {
        let (output, ending) = session("smtp-lab", ["--fault", text])
        #expect(output == "")
        #expect(ending.status == 100)
        #expect(ending.log.hasPrefix("--fault"))
    }

    @Test(
        "SIGTERM is answered with 421, in a command and in a message, and the message is aborted",
        arguments: Transport.allCases)
    func terminated(over transport: Transport) {
        for (input, last) in [
            ("EHLO me\r\nNOOP\r\n", "250 2.0.0 ok\r\n"),
            (Self.hello + "RCPT TO:<c@d>\r\nDATA\r\n", "<CRLF>.<CRLF>\r\n"),
        ] {
            let handler = RunningHandler("smtp-lab", over: transport)
            handler.send(input)
            var output = ""
            while !output.hasSuffix(last) {
                let more = handler.receive()
                if more.isEmpty { break }
                output += String(decoding: more, as: UTF8.self)
            }
            kill(handler.process, SIGTERM)
            #expect(handler.receiveAll() == "421 4.3.2 shutting down\r\n")
            let ending = handler.wait()
            #expect(ending.status == 111)
            #expect(ending.log.contains("\"reason\":\"terminated\"") == input.contains("DATA"))
        }
    }

    @Test("a message of 20 MB needs no more memory than a small one")
    func constantMemory() {
        let handler = RunningHandler("smtp-lab", ["--max-size", "1G"], over: .socket)
        handler.send(Self.hello + "RCPT TO:<c@d>\r\nDATA\r\n")
        var output = ""
        while !output.hasSuffix("<CRLF>.<CRLF>\r\n") {
            let more = handler.receive()
            if more.isEmpty { break }
            output += String(decoding: more, as: UTF8.self)
        }
        let line = [UInt8](repeating: 0x78, count: 65534) + [0x0d, 0x0a]
        for _ in 0..<320 { handler.send(line) }
        handler.send(".\r\n")
        #expect(handler.receive(exactly: 24).hasPrefix("250 2.0.0 accepted as "))
        handler.endInput()
        _ = handler.receiveAll()
        #expect(handler.wait().peakMemory < 16_000, "KB")
    }
}
