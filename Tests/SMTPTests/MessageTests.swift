// Messages: header and body, bare line endings, the log, and every limit with its reply.
import Glibc
import Testing

@testable import HandlerKit
@testable import SMTP

@Suite("Messages")
struct MessageTests {
    private static let open = "EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

    private func message(
        _ text: String, _ configuration: SMTPConfiguration = configuration(), then: String = "NOOP\r\n"
    ) -> SessionOutcome {
        session(Self.open + "DATA\r\n" + text + then, configuration)
    }

    @Test(
        "RFC 5322 2.2: the fields of a header, and its end",
        arguments: [
            ("A: b\r\n\r\nbody\r\n", ["A=b"], "blankLine", "body\r\n"), ("", [], "endOfMessage", ""),
            ("\r\nbody\r\n", [], "blankLine", "body\r\n"), ("A: b\r\n", ["A=b"], "endOfMessage", ""),
            ("A:b\r\n", ["A=b"], "endOfMessage", ""), ("A:\t b \r\n", ["A=b "], "endOfMessage", ""),
            ("A:\r\nB: \r\n", ["A=", "B="], "endOfMessage", ""),
            ("A: b\r\n c\r\n\td\r\n", ["A=b c\td"], "endOfMessage", ""),
            ("A:\r\n b\r\n", ["A=b"], "endOfMessage", ""),
            ("A: b\r\n \r\nB: c\r\n\r\n", ["A=b ", "B=c"], "blankLine", ""),
            ("A : b\r\n", ["A=b"], "endOfMessage", ""), ("no field\r\n", [], "otherLine", "no field\r\n"),
            ("A: b\r\nno field\r\nB: c\r\n", ["A=b"], "otherLine", "no field\r\nB: c\r\n"),
            (" A: b\r\n", [], "otherLine", " A: b\r\n"), (": b\r\n", [], "otherLine", ": b\r\n"),
            ("A\r\n", [], "otherLine", "A\r\n"), ("Ä: b\r\n", [], "otherLine", "Ä: b\r\n"),
            ("A: é\r\n\r\n\r\n\r\n", ["A=é"], "blankLine", "\r\n\r\n"),
            ("From x y\r\n", [], "otherLine", "From x y\r\n"),
            ("A:b:c\r\n..\r\n", ["A=b:c"], "otherLine", ".\r\n"),
        ])
    func headers(row: (String, [String], String, String)) {
        let whole = message(row.0 + ".\r\n")
        let fields = whole.events.filter { $0.hasPrefix("header ") }.map { String($0.dropFirst(7)) }
        #expect(fields == row.1)
        #expect(whole.events.contains("endOfHeaders \(row.2)"))
        #expect(whole.body == row.3)
        #expect(whole.codes.suffix(2) == ["250 2.0.0", "250 2.0.0"])
        for pieces in cuts(of: Self.open + "DATA\r\n" + row.0 + ".\r\nNOOP\r\n") { #expect(session(pieces) == whole) }
    }

    @Test("the value of a field is cut at the reader's capacity, and a line with a name that is too long is no field")
    func longHeaders() {
        let long = String(repeating: "v", count: 5000)
        let outcome = message("A: \(long)\r\nB: c\r\n\(String(repeating: "n", count: 998)): x\r\n.\r\n")
        let fields = outcome.events.filter { $0.hasPrefix("header ") }
        #expect(fields == ["header A=\(long.prefix(HeaderReader.capacity - 1))~", "header B=c"])
        #expect(outcome.events.contains("endOfHeaders otherLine"))
        #expect(outcome.body.utf8.count == 998 + 5)
    }

    @Test(
        "profile internet: a message with a bare CR or LF is read to its true end and refused with 550 5.5.2",
        arguments: [
            "a\nb\r\n", "a\rb\r\n", "A: b\n\r\n", "\n.\n", "\r.\r", "x\r\n.\nMAIL FROM:<evil@x>\r\n",
            "x\n.\r\nRSET\r\n", "\r\r\n",
            "A: b\r\n\r\nx\r\n.\rQUIT\r\n", "\n", "\r",
        ])
    func poisoned(text: String) {
        let outcome = message(text + "\r\n.\r\n")
        #expect(outcome.codes.suffix(3) == ["354", "550 5.5.2", "250 2.0.0"])
        #expect(
            outcome.events.filter { $0.hasPrefix("abort") || $0.hasPrefix("end") && !$0.contains("Headers") } == [
                "abort bareLineEnding"
            ])
        #expect(outcome.events.filter { $0.hasPrefix("mail") } == ["mail a@b"])
    }

    @Test(
        "552 5.3.4: a message of the limit is accepted; one octet more is read to its end and refused",
        arguments: [0, 1])
    func size(more: Int) {
        let limited = configuration { $0.limits.messageSize = 1000 }
        let outcome = message(String(repeating: "x", count: 998 + more) + "\r\n.\r\n", limited)
        #expect(outcome.codes.suffix(3) == ["354", more == 0 ? "250 2.0.0" : "552 5.3.4", "250 2.0.0"])
        #expect(outcome.events.last == (more == 0 ? "endOfMessage 1 1000 ESMTP" : "abort tooLarge"))
        let chunk = session(
            Self.open + "BDAT \(998 + more + 2) LAST\r\n" + String(repeating: "x", count: 998 + more) + "\r\nNOOP\r\n",
            limited)
        #expect(chunk.codes.suffix(2) == [more == 0 ? "250 2.0.0" : "552 5.3.4", "250 2.0.0"])
    }

    @Test("554 5.4.6: as many Received lines as the limit are a loop", arguments: [99, 100, 101])
    func loop(count: Int) {
        let text = String(repeating: "received: x\r\n y\r\n", count: count) + "\r\nReceived: in the body\r\n.\r\n"
        let outcome = message(text)
        #expect(outcome.codes.suffix(2) == [count < 100 ? "250 2.0.0" : "554 5.4.6", "250 2.0.0"])
        #expect(outcome.hasEndForEachBegin)
        #expect(outcome.events.contains("abort tooManyHops") == (count >= 100))
        let atEnd = message(String(repeating: "Received: x\r\n", count: count) + ".\r\n")
        #expect(atEnd.codes.suffix(2) == [count < 100 ? "250 2.0.0" : "554 5.4.6", "250 2.0.0"])
    }

    @Test("452 4.5.3: one recipient above the limit is refused, and the others still get their mail")
    func recipients() {
        let outcome = session(
            Self.open + "RCPT TO:<550@d>\r\nRCPT TO:<e@d>\r\nRCPT TO:<f@d>\r\nDATA\r\n.\r\n",
            configuration { $0.limits.recipients = 2 })
        #expect(outcome.codes.suffix(5) == ["550 5.0.0", "250 2.0.0", "452 4.5.3", "354", "250 2.0.0"])
        #expect(outcome.events.last == "endOfMessage 2 0 ESMTP")
    }

    @Test("421: more messages than the limit of a session are refused")
    func messages() {
        let one = "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n.\r\n"
        let outcome = session("EHLO me\r\n" + one + one + one, configuration { $0.limits.messages = 2 })
        #expect(outcome.codes.suffix(2) == ["250 2.0.0", "421 4.7.0"])
        #expect(outcome.events.filter { $0.hasPrefix("endOfMessage") }.count == 2)
        #expect(outcome.status == .done)
    }

    @Test("421 4.7.0: too many errors end the session; the rest of a group after a refusal does not count")
    func errors() {
        let limited = configuration { $0.limits.errors = 5 }
        #expect(
            session(String(repeating: "x\r\n", count: 9), limited).codes == Array(repeating: "500 5.5.2", count: 4) + [
                "421 4.7.0"
            ])
        let group = "MAIL FROM:<451@b>\r\n" + String(repeating: "RCPT TO:<a@b>\r\n", count: 20) + "DATA\r\nNOOP\r\n"
        #expect(session("EHLO me\r\n" + group, limited).codes.last == "250 2.0.0")
        let endless = "MAIL FROM:<451@b>\r\n" + String(repeating: "RCPT TO:<a@b>\r\n", count: 120)
        #expect(session("EHLO me\r\n" + endless, limited).codes.last == "421 4.7.0")
    }

    @Test(
        "421 4.7.0: too many commands outside of a transaction end the session",
        arguments: ["NOOP", "RSET", "VRFY x", "HELP", "EHLO me"])
    func idle(command: String) {
        let limited = configuration { ($0.limits.errors, $0.limits.idleCommands) = (2, 5) }
        let outcome = session(String(repeating: command + "\r\n", count: 20), limited)
        #expect(outcome.codes.count == 7)
        #expect(outcome.codes.last == "421 4.7.0")
    }

    // ---- names, logs, times

    @Test(
        "a message has one id, in its reply and in every line of the log, and no byte of the peer can break a line"
    )
    func names() {
        let outcome = message("A: b\r\n.\r\n", configuration { $0.logLevel = .commands })
        let lines = outcome.log.split(separator: "\n")
        #expect(lines.contains("message accepted id=5f-1-1-0000abcd code=250 size=6 recipients=1 from=a@b"))
        #expect(lines.contains("command line=MAIL\\x20FROM:<a@b>"))
        #expect(lines.first == "session begins" && lines.last == "session ends accepted=1")
        let forged = session("EHLO me\r\nVRFY x\\\u{1}\r\n\"é\n=x\r\n", configuration { $0.logLevel = .commands }).log
        #expect(forged.allSatisfy { $0.isASCII && ($0 >= " " || $0 == "\n") })
    }

    @Test("each log level includes the levels before it", arguments: 0...4)
    func levels(level: Int) {
        let text = Self.open + "RCPT TO:<550@x>\r\nDATA\r\n.\r\nGET /\r\n"
        let log = session(text, configuration { $0.logLevel = SMTPLogLevel(rawValue: level)! }).log
        let words = ["another protocol", "message accepted", "session ends", "command line"]
        #expect(words.filter { log.contains($0) } == Array(words.prefix(level)))
        #expect((log == "") == (level == 0))
    }

    @Test("RFC 2920 3.1: in profile internet a message that comes before 354 ends the session; in lab it is read")
    func earlyInput() {
        let text = Self.open + "DATA\r\nA: b\r\n.\r\nNOOP\r\n"
        let strict = session(text, configuration { $0.allowsEarlyInput = false })
        #expect(strict.codes.suffix(1) == ["554 5.5.0"])
        #expect(strict.events.last == "abort disconnected")
        let lab = configuration { ($0.allowsEarlyInput, $0.profile) = (false, .lab) }
        #expect(session(text, lab).codes.suffix(3) == ["354", "250 2.0.0", "250 2.0.0"])
    }

    @Test(
        "421 4.4.2: a client that is silent for too long, in a command or in a message, gets the reason",
        arguments: ["", "NOOP", "EHLO me\r\n", open + "DATA\r\n", open + "DATA\r\nx\r\n", open + "BDAT 5\r\nx"])
    func timeouts(text: String) {
        let hasty = configuration {
            ($0.timeouts.command, $0.timeouts.dataStart, $0.timeouts.dataBlock) = (
                .milliseconds(40), .milliseconds(40), .milliseconds(40)
            )
        }
        let outcome = session(text, hasty, staysOpen: true)
        #expect(outcome.said.hasSuffix("421 4.4.2 timed out\r\n"))
        #expect(outcome.status == nil)
        #expect(outcome.events.last == (text.hasPrefix(Self.open) ? "abort timeout" : outcome.events.last))
    }

    @Test("RFC 5321 4.5.3.2: with any least rate a client may be silent for as long as its limit")
    func rateBesideSilence() throws {
        for seconds in [1, 180, 86400] {
            var timeouts = SMTPTimeouts()
            timeouts.dataBlock = .seconds(seconds)
            let rate = try #require(timeouts.leastRate)
            #expect(rate.windowNanoseconds > timeouts.dataBlock.clampedNanoseconds)
            #expect(rate.windowNanoseconds > timeouts.dataStart.clampedNanoseconds)
            #expect(rate.count == Int(rate.windowNanoseconds / 1_000_000_000) * 500)
        }
        var timeouts = SMTPTimeouts()
        timeouts.octetsPerMinute = 0
        #expect(timeouts.leastRate == nil)
    }

    @Test("the time limit of a command ends with the command: the answer of a slower policy is still sent")
    func slowPolicy() {
        struct SlowPolicy: SMTPPolicy {
            mutating func noop(_ session: borrowing SMTPSession) -> Reply {
                usleep(120_000)
                return .ok
            }
        }
        let said = onConnection([Array("NOOP\r\n".utf8)]) { connection in
            var server = SMTPServer(
                SlowPolicy(), configuration { $0.timeouts.command = .milliseconds(60) }, peer: .none)
            do throws(ConnectionError) { _ = try server.run(on: &connection) } catch { Issue.record("\(error)") }
        }
        #expect(said.hasSuffix("250 2.0.0 ok\r\n"))
    }

    @Test(
        "a peer that goes away inside a message has its transaction aborted",
        arguments: [open, open + "DATA\r\nA: b\r\n", open + "BDAT 9\r\nx"])
    func goneAway(text: String) {
        let outcome = session(text)
        #expect(outcome.events.last == "abort peerIsGone")
        #expect(outcome.status != .done)
    }
}
