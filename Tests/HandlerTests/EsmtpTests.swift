// esmtp as a program, with the tests as its client. Tests/SMTPTests has the tests of the protocol itself.
import Glibc
import TestSupport
import Testing

@Suite("esmtp", .serialized)
struct EsmtpTests {
    let boxes: Mailboxes

    init() throws { boxes = try Mailboxes(["ada", "eve"]) }

    private func start(_ options: [String] = [], over transport: Transport = .socket) -> MailClient {
        let environment = ["TCPREMOTEIP=192.0.2.7", "PROTO=TCP"]
        return MailClient(
            RunningHandler("esmtp", boxes.arguments + options, over: transport, environment: environment))
    }

    @Test(
        "a message is in the Maildir when 250 is sent, with the exact form of its trace", arguments: Transport.allCases)
    func delivered(over transport: Transport) throws {
        var client = start(over: transport)
        #expect(client.begin(to: ["Ada@Example.org"]) == ["220", "250", "250", "250"])
        let reply = client.send(message: "Subject: x\r\n\r\n..dot\r\nend")
        #expect(reply.hasPrefix("250 2.0.0 accepted as "))
        let id = try #require(reply.split(separator: " ").last)
        let message = try #require(try boxes.messages("ada").first)
        let pattern = try Regex(
            """
            Return-Path: <bob@example\\.net>
            Delivered-To: Ada@Example\\.org
            Received: from client\\.example \\(\\[192\\.0\\.2\\.7\\]\\)
            \tby mx\\.example\\.org with ESMTP id \(id)
            \tfor <Ada@Example\\.org>;
            \t(Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} \\+0000
            Subject: x

            \\.dot
            end

            """)
        #expect(try pattern.wholeMatch(in: message) != nil, "\(message)")
        #expect(try boxes.temporaryFiles() == 0)
        #expect(client.say("QUIT").hasPrefix("221 "))
        client.handler.endInput()
        let ending = client.handler.wait()
        #expect(ending.status == 0)
        // The id is the same in the reply, in Received, and in the log.
        #expect(ending.log.contains("id=\(id) peer=192.0.2.7"))
    }

    @Test("two recipients get a message each, and neither message names the other")
    func twoRecipients() throws {
        var client = start()
        _ = client.begin(to: ["ada@example.org", "eve@example.org", "nobody@example.org"])
        #expect(client.send(message: "\r\ntext").hasPrefix("250 "))
        for (name, other) in [("ada", "eve"), ("eve", "ada")] {
            let message = try #require(try boxes.messages(name).first)
            #expect(message.contains("Delivered-To: \(name)@example.org\n"))
            #expect(!message.contains(other) && !message.contains("\n\tfor "))
        }
        client.handler.hangUp()
        _ = client.handler.wait()
    }

    @Test("an address that the file does not list is refused, and a message without a recipient does not begin")
    func unknown() throws {
        var client = start()
        #expect(client.begin(to: ["nobody@example.org", "ada@example.net"]) == ["220", "250", "250", "550", "550"])
        #expect(client.say("DATA").hasPrefix("554 ") || client.say("NOOP").hasPrefix("250"))
        client.handler.endInput()
        #expect(client.handler.wait().status != 100)
        #expect(try boxes.temporaryFiles() == 0)
    }

    @Test("postmaster without a domain has its own line, or else that of the postmaster of this host")
    func postmaster() throws {
        try boxes.write("postmaster@mx.example.org ada\n")
        var client = start()
        #expect(client.begin(to: ["PostMaster"]).last == "250")
        try boxes.write("postmaster eve\npostmaster@mx.example.org ada\n")
        var next = start()
        #expect(next.begin(to: ["postmaster"]).last == "250")
        #expect(next.send(message: "x").hasPrefix("250"))
        let message = try #require(try boxes.messages("eve").first)
        #expect(message.contains("Delivered-To: postmaster\n"))
        #expect(message.contains("\n\tfor <postmaster@mx.example.org>;\n"))
        for client in [client, next] {
            client.handler.hangUp()
            _ = client.handler.wait()
        }
    }

    @Test("a fault in the recipients file is 451 for the client, and its place is in the log")
    func faultyFile() throws {
        try boxes.write("# mail\nada@example.org\n")
        var client = start()
        #expect(client.begin(to: ["ada@example.org"]).last == "451")
        client.handler.endInput()
        let place = "at=\(boxes.recipients):2:16 reason=no\\x20path\\x20of"
        #expect(client.handler.wait().log.contains(place))
    }

    @Test("a missing recipients file is 451, and the log names it")
    func missingFile() throws {
        try boxes.write("")
        // Sound: the path is copied by the call.
        #expect(unsafe unlink(boxes.recipients) == 0)
        var client = start()
        #expect(client.begin(to: ["ada@example.org"]).last == "451")
        client.handler.endInput()
        #expect(client.handler.wait().log.contains("recipients unreadable"))
    }

    @Test("a missing Maildir is 451, and the log has its path, its line and a remedy")
    func missingMaildir() throws {
        try boxes.write("ada@example.org nowhere\n")
        var client = start()
        #expect(client.begin(to: ["ada@example.org"]).last == "451")
        client.handler.endInput()
        let fields = "maildir=\(boxes.directory.path)/nowhere at=\(boxes.recipients):1 act=open-maildir errno=2 remedy="
        #expect(client.handler.wait().log.contains(fields))
    }

    @Test(
        "a message that does not reach its end is in no Maildir, and leaves no file in tmp",
        arguments: Transport.allCases)
    func cutOff(over transport: Transport) throws {
        let text = "EHLO c\r\nMAIL FROM:<b@c>\r\nRCPT TO:<ada@example.org>\r\n"
        for ending in ["", "RSET\r\n", "DATA\r\n", "BDAT 100\r\nhalf", "MAIL", "EHLO d\r\n"] {
            let client = start(["--profile", "lab"], over: transport)
            client.handler.send(text + ending)
            client.handler.endInput()
            _ = client.handler.receiveAll()
            #expect([0, 111].contains(client.handler.wait().status), "\(ending)")
            #expect(try boxes.temporaryFiles() == 0)
            #expect(try boxes.messages("ada").isEmpty)
        }
    }

    @Test("SIGTERM in the middle of a message is answered with 421, and leaves no file in tmp")
    func terminated() throws {
        var client = start()
        _ = client.begin(to: ["ada@example.org"])
        #expect(client.say("DATA").hasPrefix("354"))
        client.handler.send("half of a message\r\n")
        client.handler.terminate()
        #expect(client.reply().hasPrefix("421 "))
        client.handler.endInput()
        _ = client.handler.wait()
        #expect(try boxes.temporaryFiles() == 0)
        #expect(try boxes.messages("ada").isEmpty)
    }

    @Test(
        "SIGTERM is noticed while a peer does not read its replies, and ends the session in a moment",
        .timeLimit(.minutes(1)))
    func terminatedWhileWriting() throws {
        var client = start()
        _ = client.begin(to: ["ada@example.org"])
        while client.handler.canSend(milliseconds: 300) { client.handler.send("BDAT 1\r\nx") }
        client.handler.terminate()
        #expect(client.handler.wait().status == 111)
        #expect(try boxes.temporaryFiles() == 0)
    }

    @Test("a handler whose input never makes it wait notices SIGTERM", .timeLimit(.minutes(1)))
    func terminatedWhileReading() {
        let command = ["-c", "exec \"$@\" </dev/zero", "sh", programPath("esmtp")] + boxes.arguments
        var client = MailClient(RunningHandler("/bin/sh", command))
        #expect(client.reply().hasPrefix("220 "))
        #expect(client.reply().hasPrefix("500 "))
        client.handler.terminate()
        #expect(client.reply().hasPrefix("421 4.3.2"))
        #expect(client.handler.wait().status == 111)
    }

    @Test("the options set the limits")
    func limits() throws {
        var client = start(["--max-size", "64K", "--max-recipients", "1", "--max-messages", "2"])
        #expect(client.begin(to: ["ada@example.org", "eve@example.org"]).suffix(2) == ["250", "452"])
        #expect(client.send(message: String(repeating: "x", count: 70000)).hasPrefix("552 5.3.4"))
        #expect(try boxes.temporaryFiles() == 0)
        #expect(client.say("MAIL FROM:<> SIZE=65537").hasPrefix("552 5.3.4"))
        #expect(client.say("MAIL FROM:<>").hasPrefix("421 "))
        client.handler.endInput()
        _ = client.handler.wait()
    }

    @Test("--command-timeout ends a silent session with 421")
    func silence() throws {
        var client = start(["--command-timeout", "1"])
        #expect(client.reply().hasPrefix("220 "))
        #expect(client.reply().hasPrefix("421 4.4.2"))
        client.handler.endInput()
        _ = client.handler.wait()
    }

    @Test("--refuse greets with 554 and its text")
    func refused() throws {
        var client = start(["--refuse", "no mail here, see example.org"])
        #expect(client.reply() == "554 no mail here, see example.org")
        #expect(client.say("EHLO x").hasPrefix("503 "))
        #expect(client.say("QUIT").hasPrefix("221 "))
        client.handler.endInput()
        #expect(client.handler.wait().status == 0)
    }

    @Test(
        "wrong arguments are refused with the allowed ones",
        arguments: [
            ([], "--hostname: is needed"), (["--hostname", "mx"], "--recipients: is needed"),
            (["--hostname", "a b", "--recipients", "r"], "--hostname: not allowed"),
            (["--hostname", "mx..example.org", "--recipients", "r"], "--hostname: not allowed"),
            (["--hostname", "[", "--recipients", "r"], "--hostname: not allowed"),
            // RFC 9422 4.1: a limit has six digits.
            (
                ["--hostname", "mx", "--recipients", "r", "--max-messages", "1000000"],
                "--max-messages: not allowed: 1000000; allowed: 1 to 999999"
            ),
            (
                ["--hostname", "mx", "--recipients", "r", "--profile", "x"],
                "--profile: not allowed: x; allowed: internet lab"
            ),
            (
                ["--hostname", "mx", "--recipients", "r", "--max-size", "1"],
                "--max-size: not allowed: 1; allowed: 65536 to"
            ),
            (["--hostname", "mx", "--recipients", "r", "--relay", "yes"], "arguments: unknown: --relay"),
        ])
    func wrongArguments(arguments: [String], log: String) {
        let (output, ending) = session("esmtp", arguments, input: "QUIT\r\n")
        #expect(output == "")
        #expect(ending.log.hasPrefix(log), "\(ending.log)")
        #expect(ending.status == 100)
    }
}
