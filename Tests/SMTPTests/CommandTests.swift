// Each verb, and the faults of commands that other servers have accepted.
import HandlerKit
import Testing

@testable import SMTP

@Suite("Commands")
struct CommandTests {
    private static let open = "EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

    @Test("RFC 5321 4.2: the greeting and EHLO begin with the name of the server, and each extension has one line")
    func greeting() {
        struct Plain: SMTPPolicy {}
        let said = onConnection([Array("EHLO me\r\nHELO me\r\n".utf8)]) { connection in
            var server = SMTPServer(Plain(), configuration(), peer: .none, ids: fixedIDs)
            do throws(ConnectionError) { _ = try server.run(on: &connection) } catch {}
        }
        #expect(
            said == """
                220 mx.test ESMTP ready\r
                250-mx.test\r
                250-PIPELINING\r
                250-8BITMIME\r
                250-SMTPUTF8\r
                250-CHUNKING\r
                250-ENHANCEDSTATUSCODES\r
                250-HELP\r
                250-LIMITS RCPTMAX=100 MAILMAX=100\r
                250 SIZE 26214400\r
                250 mx.test\r

                """)
    }

    @Test("with the default policy every recipient is refused, and no message is accepted")
    func neverARelay() {
        struct Plain: SMTPPolicy {}
        let client =
            "EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@mx.test>\r\nRCPT TO:<postmaster>\r\nDATA\r\n"
            + "BDAT 4 LAST\r\nRSETQUIT\r\n"
        let said = onConnection([Array(client.utf8)]) { connection in
            var server = SMTPServer(Plain(), configuration(), peer: .none, ids: fixedIDs)
            do throws(ConnectionError) { _ = try server.run(on: &connection) } catch {}
        }
        let outcome = SessionOutcome(said: said)
        #expect(
            outcome.codes.dropFirst() == ["250 2.1.0", "550 5.7.1", "550 5.7.1", "554 5.5.1", "554 5.5.1", "221 2.0.0"])
    }

    @Test(
        "each verb has its reply",
        arguments: [
            // HELO, EHLO
            ("HELO me", "250"), ("helo me", "250"), ("HELO", "501 5.5.4"), ("HELO ", "501 5.5.4"),
            ("HELO x y", "501 5.5.4"),
            ("EHLO", "501 5.5.4"), ("EHLO [1.2.3.4]", "250"), ("EHLO a_b", "250"), ("EHLO é", "501 5.5.4"),
            ("HELO 0", "250"), ("EHLO 550", "550"), ("EHLO 504x", "504"),
            // Arguments
            ("NOOP", "250 2.0.0"), ("NOOP x y", "250 2.0.0"), ("noop \t", "250 2.0.0"), ("RSET", "250 2.0.0"),
            ("RSET x", "501 5.5.4"), ("DATA x", "503 5.5.1"), ("QUIT x", "501 5.5.4"), ("QUIT", "221 2.0.0"),
            ("HELP", "214 2.0.0"), ("HELP a b", "214 2.0.0"), ("HELPME", "500 5.5.2"), ("VRFY", "501 5.5.4"),
            ("EXPN", "501 5.5.4"), ("VRFY a b", "252 2.0.0"), ("EXPN staff", "502 5.0.0"),
            // Replies of the policy, with the codes of RFC 5321 4.3.2
            ("VRFY 250", "250 2.0.0"), ("VRFY 251", "251 2.0.0"), ("VRFY 550", "550 5.0.0"), ("VRFY 551", "551 5.0.0"),
            ("VRFY 553", "553 5.0.0"), ("VRFY 502", "502 5.0.0"), ("VRFY 504", "504 5.0.0"), ("EXPN 252", "252 2.0.0"),
            ("EXPN 550", "550 5.0.0"), ("EXPN 500", "500 5.0.0"), ("HELP 211", "211 2.0.0"), ("HELP 504", "504 5.0.0"),
            // Unknown commands and control characters
            ("FOO \u{7}bar", "500 5.5.2"), ("", "500 5.5.2"), (" NOOP", "500 5.5.2"), ("NOOP\rRSET", "500 5.5.2"),
            ("NOOP\0", "500 5.5.2"), ("DÄTA", "500 5.5.2"), ("STARTTLS", "500 5.5.2"),
            // Commands in a wrong sequence
            ("MAIL FROM:<a@b>", "503 5.5.1"), ("RCPT TO:<a@b>", "503 5.5.1"), ("DATA", "503 5.5.1"),
            ("BDAT 0 LAST", "503 5.5.1"), ("BDAT", "501 5.5.4"), ("BDAT x", "501 5.5.4"), ("BDAT -1", "501 5.5.4"),
            ("BDAT 1 2", "501 5.5.4"), ("BDAT 1234567890123456789", "501 5.5.4"),
        ])
    func first(row: (String, String)) {
        let outcome = session(row.0 + "\r\n")
        #expect(outcome.codes == [row.1])
        #expect(outcome.said.contains("\u{7}") == false)
    }

    @Test(
        "MAIL",
        arguments: [
            ("<a@b>", "250 2.0.0"), ("<>", "250 2.0.0"), (" <a@b>", "250 2.0.0"), ("<a@b> ", "250 2.0.0"),
            ("<0@0>", "250 2.0.0"), ("<\"a b\"@c>", "250 2.0.0"), ("<@x:a@b>", "250 2.0.0"),
            ("<a@b> SIZE=10", "250 2.0.0"), ("<a@b> size=0 body=8bitmime smtputf8", "250 2.0.0"),
            ("<a@b>  BODY=7BIT ", "250 2.0.0"), ("<é@b> SMTPUTF8", "250 2.0.0"),
            ("<> SMTPUTF8 BODY=8BITMIME", "250 2.0.0"),
            ("", "501 5.1.7"), ("a@b", "501 5.1.7"), ("<a@b", "501 5.1.7"), ("a@b>", "501 5.1.7"),
            ("<<a@b>>", "501 5.1.7"),
            ("<a>", "501 5.1.7"), ("<postmaster>", "501 5.1.7"), ("<a@b>SIZE=1", "501 5.5.4"),
            ("<a@b> =1", "501 5.5.4"),
            ("<a@b> SIZE", "501 5.5.4"), ("<a@b> SIZE=", "501 5.5.4"), ("<a@b> SIZE=x", "501 5.5.4"),
            ("<a@b> SIZE=1 SIZE=1", "501 5.5.4"), ("<a@b> BODY=BINARYMIME", "501 5.5.4"), ("<a@b> BODY", "501 5.5.4"),
            ("<a@b> SMTPUTF8=1", "501 5.5.4"), ("<a@b> SMTPUTF8 SMTPUTF8", "501 5.5.4"), ("<a@b> X=1", "555 5.5.4"),
            ("<a@b> AUTH=<>", "555 5.5.4"), ("<a@b> RET=HDRS", "555 5.5.4"), ("<é@b>", "553 5.6.7"),
            ("<a@b> SIZE=26214401", "552 5.3.4"), ("<a@b> SIZE=99999999999999999999", "552 5.3.4"),
            ("<a@b> SIZE=999999999999999999999", "501 5.5.4"),
            // Replies of the policy, with the codes of RFC 5321 4.3.2
            ("<552@b>", "552 5.0.0"), ("<451@b>", "451 4.0.0"), ("<452@b>", "452 4.0.0"), ("<550@b>", "550 5.0.0"),
            ("<553@b>", "553 5.0.0"), ("<503@b>", "503 5.0.0"), ("<421@b>", "421 4.0.0"),
        ])
    func mail(row: (String, String)) {
        let outcome = session("EHLO me\r\nMAIL FROM:\(row.0)\r\n")
        #expect(outcome.codes.dropFirst() == [row.1])
        #expect(outcome.hasEndForEachBegin)
    }

    @Test(
        "RCPT",
        arguments: [
            ("<a@b>", "250 2.0.0"), ("<Postmaster>", "250 2.0.0"), ("<@x,@y:a@b>", "250 2.0.0"),
            (" <a@[1.2.3.4]> ", "250 2.0.0"),
            ("<>", "501 5.1.3"), ("", "501 5.1.3"), ("<a>", "501 5.1.3"), ("a@b", "501 5.1.3"), ("<@x:>", "501 5.1.3"),
            ("<a@b> NOTIFY=NEVER", "555 5.5.4"), ("<a@b>x", "501 5.5.4"), ("<é@b>", "553 5.6.7"),
            // Replies of the policy, with the codes of RFC 5321 4.3.2
            ("<251@b>", "251 2.0.0"), ("<550@b>", "550 5.0.0"), ("<551@b>", "551 5.0.0"), ("<552@b>", "552 5.0.0"),
            ("<553@b>", "553 5.0.0"), ("<450@b>", "450 4.0.0"), ("<451@b>", "451 4.0.0"), ("<452@b>", "452 4.0.0"),
            ("<503@b>", "503 5.0.0"), ("<421@b>", "421 4.0.0"), ("<550x@b>", "550 5.0.0"),
        ])
    func recipient(row: (String, String)) {
        let outcome = session("EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:\(row.0)\r\n")
        #expect(outcome.codes.dropFirst(2) == [row.1])
        #expect(outcome.events.last!.hasPrefix("abort"))
    }

    @Test("more spaces between the words are accepted, and a missing one is not")
    func blanks() {
        let outcome = session(
            "EHLO me\r\nMAIL  FROM:<a@b>\r\nRSET\r\nMAILFROM:<a@b>\r\nMAIL FROM <a@b>\r\n"
                + "mail from:<a@b>\r\nrcpt  to: <c@d>\r\n"
        )
        #expect(
            outcome.codes.dropFirst()
                == ["250 2.0.0", "250 2.0.0", "500 5.5.2", "501 5.5.4", "250 2.0.0", "250 2.0.0"])
    }

    @Test("after a refused MAIL another one is allowed; after an accepted MAIL it is 503")
    func mailAgain() {
        let outcome = session(
            "EHLO me\r\nMAIL FROM:<550@b>\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<c@d>\r\nRSET\r\nMAIL FROM:<c@d>\r\n")
        #expect(outcome.codes.dropFirst() == ["550 5.0.0", "250 2.0.0", "503 5.5.1", "250 2.0.0", "250 2.0.0"])
    }

    @Test("RFC 5321 3.3: if every recipient was refused, there is no 354", arguments: ["DATA", "BDAT 0 LAST"])
    func allRefused(command: String) {
        let none = session("EHLO me\r\nMAIL FROM:<a@b>\r\n\(command)\r\n")
        #expect(none.codes.last == "503 5.5.1")
        let refused = session("EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<550@b>\r\n\(command)\r\n")
        #expect(refused.codes.last == "554 5.5.1")
        let one = session("EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<550@b>\r\nRCPT TO:<c@b>\r\n\(command)\r\n")
        #expect(one.codes.last == "354" || one.codes.last == "250 2.0.0")
    }

    @Test("a message is read only after 354", arguments: [451, 554, 503, 250, 220, 334])
    func dataRefused(code: Int) {
        let outcome = session(Self.open + "DATA\r\nNOOP\r\nRSET\r\n") { $0.dataCode = code }
        let expected = code < 400 ? "451 4.3.0" : code == 451 ? "451" : "\(code)"
        #expect(outcome.codes.dropFirst(3) == [expected, "250 2.0.0", "250 2.0.0"])
        #expect(outcome.content == "")
        #expect(outcome.events.last == "abort reset")
    }

    @Test("a reply of the policy that cannot follow the command is never sent")
    func wrongReplies() {
        let outcome = session("EHLO 354\r\nVRFY 354\r\nNOOP\r\n", configuration { $0.logLevel = .problems })
        #expect(outcome.codes == ["451", "451 4.3.0", "250 2.0.0"])
        #expect(outcome.log.contains("a reply that cannot follow the command code=354\n"))
    }

    @Test("RFC 5321 3.1: after a 554 greeting only QUIT is allowed; 421 ends the session at once")
    func refusedClient() {
        let outcome = session("EHLO me\r\nNOOP\r\nfoo\r\nMAIL FROM:<a@b>\r\nBDAT 4\r\nNOOPQUIT\r\n") {
            $0.greeting = 554
        }
        #expect(outcome.said.hasPrefix("554 host\r\n"))
        #expect(outcome.codes == ["503 5.5.1", "503 5.5.1", "503 5.5.1", "503 5.5.1", "503 5.5.1", "221 2.0.0"])
        #expect(outcome.events == [])
        #expect(session("EHLO me\r\n") { $0.greeting = 421 }.said == "421 host\r\n")
    }

    @Test("RFC 5321 4.1.4: a refused EHLO changes nothing; an accepted one resets the session")
    func helloAgain() {
        let refused = session(Self.open + "EHLO 550\r\nDATA\r\n.\r\n")
        #expect(refused.codes.suffix(3) == ["550", "354", "250 2.0.0"])
        let accepted = session(
            Self.open + "HELO other\r\nRCPT TO:<a@b>\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n")
        #expect(accepted.codes.suffix(6) == ["250", "503 5.5.1", "250 2.0.0", "250 2.0.0", "354", "250 2.0.0"])
        #expect(accepted.events.contains("abort helloAgain"))
        #expect(accepted.events.last == "endOfMessage 1 0 SMTP")
    }

    @Test(
        "a policy can end the connection after any reply",
        arguments: ["EHLO 250x", "VRFY 252x", "HELP 421", "MAIL FROM:<250x@b>"])
    func closing(command: String) {
        let outcome = session("EHLO me\r\n\(command)\r\nNOOP\r\n")
        #expect(outcome.codes.count == 2)
        #expect(outcome.status == .done)
        #expect(outcome.hasEndForEachBegin)
    }

    @Test(
        "lines that are too long, end in LF or contain a CR are refused once and are not taken for commands"
    )
    func lines() {
        let long = String(repeating: "x", count: 2039)
        let outcome = session(
            "NOOP \(long.prefix(2041))xx\r\nNOOP \(long)x\r\nNOOP \(long)xxx\r\nNOOP\nRSET\r\nNO\rOP\r\nNOOP\r\n")
        #expect(
            outcome.codes == [
                "250 2.0.0", "250 2.0.0", "500 5.5.2", "500 5.5.2", "250 2.0.0", "500 5.5.2", "250 2.0.0",
            ])
    }

    @Test("a command that the end of input cuts off is not carried out", arguments: ["QUIT", "QUIT\r", "NOOP"])
    func cutOff(text: String) {
        #expect(session(text).codes == [])
        #expect(session(text, configuration { $0.profile = .lab }).codes == [])
    }

    @Test("another protocol is refused at once, and nothing after its first line is read")
    func otherProtocols() {
        for line in ["GET / HTTP/1.1", "POST /x HTTP/1.0", "CONNECT x:25 HTTP/1.1", "Host: x"] {
            let outcome = session("\(line)\r\nEHLO me\r\nMAIL FROM:<a@b>\r\n")
            #expect(outcome.codes == ["554 5.5.1"])
            #expect(outcome.events == [])
        }
        // A TLS ClientHello has no line ending; the connection stays open, and the server still answers.
        let tls = session([[0x16, 0x03, 0x01, 0x02, 0x00]], staysOpen: true)
        #expect(tls.codes == ["554 5.5.1"])
    }

    @Test("profile lab: LF ends a command, and brackets may be missing")
    func lab() {
        let outcome = session(
            "EHLO me\nMAIL FROM:a@b SIZE=3\nRCPT TO:c@d\nDATA\nA: b\n\nx\n.\ny\r\n.\r\nQUIT\n",
            configuration { $0.profile = .lab })
        #expect(outcome.codes.dropFirst() == ["250 2.0.0", "250 2.0.0", "354", "250 2.0.0", "221 2.0.0"])
        #expect(outcome.content == "A: b\r\n\r\nx\r\n.\r\ny\r\n")
        #expect(outcome.body == "x\r\n.\r\ny\r\n")
    }
}
