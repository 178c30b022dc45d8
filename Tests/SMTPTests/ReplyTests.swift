// W-06, W-07, W-08: a reply is one reply on the wire, whatever was put into it.
import HandlerKit
import Testing

@testable import SMTP

@Suite("Reply")
struct ReplyTests {
    @Test("a code is three digits that RFC 5321 4.2.1 allows", arguments: [0, 199, 200, 259, 260, 354, 559, 560, 600])
    func codes(number: Int) {
        let isAllowed = [200, 259, 354, 559].contains(number)
        #expect((ReplyCode(number) != nil) == isAllowed)
    }
}
