// Messages by BDAT: RFC 3030, and the effects of a chunk that is refused.
import HandlerKit
import Testing

@testable import SMTP

@Suite("Chunks")
struct ChunkTests {
    private static let open = "EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n"

    @Test("RFC 3030: chunks are the message unchanged, with its dots, and commands follow right after them")
    func chunks() {
        let client = Self.open + "BDAT 6\r\nA: b\r\nNOOP\r\nBDAT 5\r\n\r\n.\r\nBDAT 0 LAST\r\nNOOP\r\n"
        let outcome = session(client)
        #expect(outcome.codes.suffix(5) == ["250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0"])
        #expect(outcome.content == "A: b\r\n\r\n.\r\n")
        #expect(outcome.body == ".\r\n")
        for pieces in cuts(of: client) { #expect(session(pieces) == outcome) }
    }

    @Test(
        "a BDAT with any fault ends the session, because the bytes after it may be its chunk",
        arguments: ["BDAT 6\n", "BDAT 6\0\r\n", "BDAT\t6\r\n", "BDAT6\r\n", "bdat x\r\n", "BDAT 6\r6\r\n"])
    func wrongChunks(line: String) {
        for begin in ["", Self.open, Self.open + "BDAT 1\r\nx"] {
            let outcome = session(begin + line + "NOOP\r\n")
            #expect(outcome.codes.last == "501 5.5.4")
            #expect(outcome.status == .done)
            #expect(outcome.hasEndForEachBegin)
        }
    }

    @Test("421 4.7.0: empty chunks count as commands outside of a transaction")
    func emptyChunks() {
        let limited = configuration { ($0.limits.idleCommands, $0.limits.errors) = (3, 2) }
        let outcome = session(Self.open + String(repeating: "BDAT 0\r\n", count: 9), limited)
        #expect(outcome.codes.suffix(5) == ["250 2.0.0", "250 2.0.0", "250 2.0.0", "250 2.0.0", "421 4.7.0"])
        let whole = session(Self.open + "BDAT 0\r\nBDAT 0 LAST\r\n")
        #expect(whole.codes.suffix(2) == ["250 2.0.0", "250 2.0.0"])
        #expect(whole.events.last == "endOfMessage 1 0 ESMTP")
    }

    @Test("BDAT: between chunks MAIL, RCPT and DATA are refused, and RSET aborts the message")
    func betweenChunks() {
        let outcome = session(
            Self.open + "BDAT 3\r\na\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\nRSET\r\nBDAT 4 LAST\r\nQUITNOOP\r\n"
        )
        #expect(
            outcome.codes.suffix(6) == ["503 5.5.1", "503 5.5.1", "503 5.5.1", "250 2.0.0", "503 5.5.1", "250 2.0.0"])
        #expect(outcome.events.last == "abort reset")
    }

    @Test("the chunk of a refused BDAT is skipped, and the transaction ends", arguments: [451, 554])
    func chunkRefused(code: Int) {
        let outcome = session(Self.open + "BDAT 6\r\nQUIT\r\nBDAT 6 LAST\r\nRSET\r\nNOOP\r\n") { $0.dataCode = code }
        #expect(outcome.codes.suffix(3) == ["\(code)", "503 5.5.1", "250 2.0.0"])
        #expect(outcome.events.suffix(2) == ["data", "abort refused"])
        #expect(outcome.content == "")
    }

    @Test("BDAT with a bare line ending: that chunk and all further ones are refused", arguments: ["a\nb", "a\rb"])
    func chunkPoisoned(text: String) {
        let outcome = session(Self.open + "BDAT 3\r\n\(text)BDAT 3 LAST\r\nc\r\nNOOP\r\n")
        #expect(outcome.codes.suffix(3) == ["550 5.5.2", "503 5.5.1", "250 2.0.0"])
        #expect(outcome.events.last == "abort bareLineEnding")
        #expect(session(Self.open + "BDAT 1 LAST\r\n\r").codes.last == "550 5.5.2")
        #expect(
            session(Self.open + "BDAT 3 LAST\r\n\(text)", configuration { $0.profile = .lab }).codes.last == "250 2.0.0"
        )
    }
}
