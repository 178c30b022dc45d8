// For any input the output is SMTP, and each transaction has one end. The sessions are the same in every run, from a
// seed.
import TestSupport
import Testing

@testable import SMTP

@Suite("Mutations")
struct MutationTests {
    private static let words = [
        "EHLO me\r\n", "HELO x\r\n", "MAIL FROM:<a@b>\r\n", "MAIL FROM:<>", " SIZE=9 BODY=8BITMIME SMTPUTF8\r\n",
        "RCPT TO:<c@d>\r\n",
        "RCPT TO:<@x:\"q\\ \"@[IPv6:::1]>\r\n", "RCPT TO:<550@d>\r\n", "DATA\r\n", "BDAT 5\r\n", "BDAT 3 LAST\r\n",
        "a\r\n", "A: b\r\n",
        "Received: x\r\n c\r\n", "\r\n", ".\r\n", "..\r\n", "\n.\n", "\r\n.\r\n", "RSET\r\n", "NOOP\r\n", "QUIT\r\n",
        "VRFY x\r\n", "HELP\r\n",
        "\r", "\n", "\0", "\u{16}\u{3}", "é", "GET / HTTP/1.1\r\n", "VRFY 421\r\n",
    ]

    @Test(
        "random sessions have only well-formed replies, and one end for each transaction",
        arguments: 0..<40 as Range<UInt64>)
    func random(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        for _ in 0..<25 {
            var input = Array((seed % 2 == 0 ? "EHLO me\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\n" : "").utf8)
            for _ in 0..<Int.random(in: 1...40, using: &generator) {
                input += Array(Self.words.randomElement(using: &generator)!.utf8)
            }
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                input[Int.random(in: 0..<input.count, using: &generator)] = .random(in: 0...255, using: &generator)
            }
            let isLab = Bool.random(using: &generator)
            let outcome = session([input], configuration { $0.profile = isLab ? .lab : .internet })
            #expect(outcome.isWellFormed && outcome.hasEndForEachBegin, "\(input)")
        }
    }
}

extension SessionOutcome {
    /// Whether all output is replies of RFC 5321 4.2.
    var isWellFormed: Bool {
        guard said.hasSuffix("\r\n") else { return false }
        var code: Substring?
        for line in said.split(separator: "\r\n", omittingEmptySubsequences: false).dropLast() {
            guard line.utf8.count <= 510, line.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7f }), line.utf8.count >= 4,
                Int(line.prefix(3)).flatMap({ ReplyCode($0) }) != nil, code == nil || code == line.prefix(3)
            else { return false }
            switch line.dropFirst(3).first {
            case "-": code = line.prefix(3)
            case " ": code = nil
            default: return false
            }
        }
        return code == nil
    }
}
