// The sequence of commands, as a table against a table. Sources: RFC 5321 4.1.4, 3.1, 3.3; RFC 3030.
import Testing

@testable import SMTP

@Suite("Session states")
struct SessionStateTests {
    @Test(
        "RFC 5321 4.1.4: commands outside of a transaction are allowed in every state except after a refusing greeting",
        arguments: [.helo, .ehlo, .rset, .noop, .vrfy, .expn, .help, .quit] as [CommandVerb])
    func always(verb: CommandVerb) {
        for state in SessionState.allCases {
            let expected: SequenceFault? = state == .refused && verb != .quit ? .refusedClient : nil
            #expect(state.fault(of: verb) == expected)
        }
    }

    @Test(
        "MAIL, RCPT, DATA and BDAT are allowed in their states",
        arguments: [
            (SessionState.greeted, [.needHello, .needHello, .needHello, .needHello]),
            (.ready, [nil, .needSender, .needSender, .needSender]),
            (.sender, [.senderAlready, nil, .needRecipient, .needRecipient]),
            (.recipients, [.senderAlready, nil, nil, nil]),
            (.chunks, [.senderAlready, .betweenChunks, .betweenChunks, nil]),
            (.refused, [.refusedClient, .refusedClient, .refusedClient, .refusedClient]),
        ] as [(SessionState, [SequenceFault?])])
    func transactions(row: (SessionState, [SequenceFault?])) {
        let verbs: [CommandVerb] = [.mail, .rcpt, .data, .bdat]
        #expect(verbs.map { row.0.fault(of: $0) } == row.1)
    }

    @Test("a verb is a whole word, in upper or lower case")
    func verbs() {
        func verb(_ text: String) -> CommandVerb? {
            let bytes = Array(text.utf8)
            return CommandVerb(bytes.span)
        }
        #expect(verb("NOOP") == .noop)
        #expect(verb("nOoP x") == .noop)
        for text in ["", "NOO", "NOOPX", "NOOP\tx", "HELPME", "XNOOP", " NOOP", "nöop", "\u{e}oop", "DATA:"] {
            #expect(verb(text) == nil, "\(text)")
        }
    }
}
