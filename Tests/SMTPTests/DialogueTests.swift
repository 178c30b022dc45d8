// Golden dialogues: the exact replies of the server to the examples of the RFCs, with the client's bytes cut at every
// place.
// Sources: RFC 5321 Appendix D, RFC 3030 4, RFC 2920 4.
import Testing

@testable import SMTP

/// One dialogue.
struct Dialogue: CustomTestStringConvertible {
    let name: String
    /// The bytes of the client.
    let client: String
    /// The replies of the server, without the greeting and the lines of EHLO.
    let server: String
    /// The calls of the policy, without that of EHLO.
    let events: [String]

    var testDescription: String { name }
}

private let hello = """
    220 host\r
    250-noted\r
    250-PIPELINING\r
    250-8BITMIME\r

    """

private let message =
    "Date: Thu, 21 May 1998 05:33:29 -0700\r\nFrom: John Q. Public <JQP@bar.com>\r\n"
    + "Subject:  The Next Meeting of the Board\r\nTo: Jones@xyz.com\r\n\r\nBill:\r\nThe next meeting\r\n.. is at\r\n"

private let messageEvents = [
    "data", "header Date=Thu, 21 May 1998 05:33:29 -0700", "header From=John Q. Public <JQP@bar.com>",
    "header Subject=The Next Meeting of the Board", "header To=Jones@xyz.com", "endOfHeaders blankLine",
]

private let dialogues = [
    Dialogue(
        name: "D.1, a typical transaction",
        client: "EHLO bar.com\r\nMAIL FROM:<Smith@bar.com>\r\nRCPT TO:<Jones@foo.com>\r\nRCPT TO:<550Green@foo.com>\r\n"
            + "RCPT TO:<Brown@foo.com>\r\nDATA\r\n\(message).\r\nQUIT\r\n",
        server: "250 2.0.0 noted\r\n250 2.0.0 noted\r\n550 5.0.0 noted\r\n250 2.0.0 noted\r\n354 go on\r\n"
            + "250 2.0.0 message\r\n221 2.0.0 mx.test closing connection\r\n",
        events: ["mail Smith@bar.com", "rcpt Jones@foo.com", "rcpt 550Green@foo.com", "rcpt Brown@foo.com"]
            + messageEvents + ["endOfMessage 2 171 ESMTP"]),
    Dialogue(
        name: "D.2, an aborted transaction",
        client: "EHLO bar.com\r\nMAIL FROM:<Smith@bar.com>\r\nRCPT TO:<Jones@foo.com>\r\nRCPT TO:<550Green@foo.com>\r\n"
            + "RSET\r\nQUIT\r\n",
        server: "250 2.0.0 noted\r\n250 2.0.0 noted\r\n550 5.0.0 noted\r\n250 2.0.0 ok\r\n"
            + "221 2.0.0 mx.test closing connection\r\n",
        events: ["mail Smith@bar.com", "rcpt Jones@foo.com", "rcpt 550Green@foo.com", "abort reset"]),
    Dialogue(
        name: "D.3, a relayed message, with a source route",
        client:
            "EHLO bar.com\r\nMAIL FROM:<JQP@bar.com>\r\nRCPT TO:<@foo.com:Jones@XYZ.COM>\r\n"
            + "DATA\r\n\(message).\r\nQUIT\r\n",
        server: "250 2.0.0 noted\r\n250 2.0.0 noted\r\n354 go on\r\n250 2.0.0 message\r\n"
            + "221 2.0.0 mx.test closing connection\r\n",
        events: ["mail JQP@bar.com", "rcpt Jones@XYZ.COM"] + messageEvents + ["endOfMessage 1 171 ESMTP"]),
    Dialogue(
        name: "D.4, verifying and sending",
        client: "EHLO bar.com\r\nVRFY 250Crispin\r\nMAIL FROM:<EAK@bar.com>\r\nRCPT TO:<Admin.MRC@foo.com>\r\nDATA\r\n"
            + "\(message).\r\nQUIT\r\n",
        server: "250 2.0.0 noted\r\n250 2.0.0 noted\r\n250 2.0.0 noted\r\n354 go on\r\n250 2.0.0 message\r\n"
            + "221 2.0.0 mx.test closing connection\r\n",
        events: ["mail EAK@bar.com", "rcpt Admin.MRC@foo.com"] + messageEvents + ["endOfMessage 1 171 ESMTP"]),
    Dialogue(
        name: "RFC 3030 4.2, chunks with pipelining",
        client:
            "EHLO bar.com\r\nMAIL FROM:<ned@ymir.claremont.edu> BODY=8BITMIME\r\n"
            + "RCPT TO:<gvaudre@cnri.reston.va.us>\r\nBDAT 7\r\nA: b\r\n\rBDAT 0\r\n"
            + "BDAT 7 LAST\r\n\n.\r\nx\r\nQUIT\r\n",
        server: "250 2.0.0 noted\r\n250 2.0.0 noted\r\n250 2.0.0 7 octets received\r\n250 2.0.0 0 octets received\r\n"
            + "250 2.0.0 message\r\n221 2.0.0 mx.test closing connection\r\n",
        events: [
            "mail ned@ymir.claremont.edu", "rcpt gvaudre@cnri.reston.va.us", "data", "header A=b",
            "endOfHeaders blankLine", "endOfMessage 1 14 ESMTP",
        ]),
    Dialogue(
        name: "two messages, with a very long line",
        client:
            "EHLO bar.com\r\nMAIL FROM:<>\r\nRCPT TO:<Postmaster>\r\nDATA\r\n"
            + "\(String(repeating: "x", count: 3000))\r\n.\r\n"
            + "MAIL FROM:<a@b> SIZE=1000 SMTPUTF8\r\nRCPT TO:<é@b>\r\nBDAT 3\r\na\r\n"
            + "BDAT 6 LAST\r\n.\r\nb\r\nRSET\r\n",
        server:
            "250 2.0.0 noted\r\n250 2.0.0 noted\r\n354 go on\r\n250 2.0.0 message\r\n250 2.0.0 noted\r\n"
            + "250 2.0.0 noted\r\n250 2.0.0 3 octets received\r\n250 2.0.0 message\r\n250 2.0.0 ok\r\n",
        events: [
            "mail ", "rcpt Postmaster", "data", "endOfHeaders otherLine", "endOfMessage 1 3002 ESMTP", "mail a@b",
            "rcpt é@b",
            "data", "endOfHeaders otherLine", "endOfMessage 1 9 UTF8SMTP",
        ]),
]

@Suite("Dialogues")
struct DialogueTests {
    @Test("the examples of the RFCs have these replies, cut at every byte", arguments: dialogues)
    func golden(dialogue: Dialogue) {
        let whole = session(dialogue.client)
        let ehlo = "250 SIZE 26214400\r\n"
        let parts = whole.said.components(separatedBy: ehlo)
        #expect(parts.count == 2)
        #expect(parts[0].hasPrefix(hello))
        #expect(parts.last == dialogue.server)
        #expect(Array(whole.events.dropFirst()) == dialogue.events)
        #expect(whole.events.first == "ehlo bar.com")
        let different = cuts(of: dialogue.client).filter { session($0) != whole }.count
        #expect(different == 0)
    }

    @Test("a dialogue that ends at any byte has an end for each transaction", arguments: dialogues)
    func cutOff(dialogue: Dialogue) {
        let bytes = Array(dialogue.client.utf8)
        for count in bytes.indices where count < 600 {
            let outcome = session([Array(bytes.prefix(count))])
            #expect(outcome.hasEndForEachBegin, "after \(count)")
        }
    }
}

extension SessionOutcome {
    /// Whether each transaction has exactly one end.
    var hasEndForEachBegin: Bool {
        var isOpen = false
        for event in events {
            let word = event.prefix { $0 != " " }
            // The policy of the tests refuses senders that begin with 4 or 5.
            if word == "mail" { isOpen = !["4", "5"].contains(event.dropFirst(5).first) }
            if word == "abort" || word == "endOfMessage" {
                guard isOpen else { return false }
                isOpen = false
            }
        }
        return !isOpen
    }
}

extension String {
    func components(separatedBy separator: String) -> [String] {
        split(separator: separator, omittingEmptySubsequences: false).map { String($0) }
    }
}
