import ServiceModel
import TestSupport
import Testing

@testable import Admission

struct BanCauseTests {
    @Test(
        "a cause is one word, and reads back",
        arguments: [
            (.command(reason: ""), "command"), (.command(reason: "scans ports"), "command:scans%20ports"),
            (.command(reason: "50%: \u{e9}"), "command:50%25%3A%20%C3%A9"), (.sensor(service: "trap"), "sensor:trap"),
            (.penalties(service: "smtp", last: .noData), "penalties:smtp:no_data"),
        ] as [(BanCause, String)])
    func words(cause: BanCause, text: String) {
        #expect(cause.text == text)
        #expect(BanCause(text: text) == cause)
    }

    @Test("a reason that is too long is cut after the last character that fits")
    func long() throws {
        let text = BanCause.command(reason: String(repeating: "\u{e9}", count: 1000)).text
        #expect(text.utf8.count <= BanCause.longestText)
        #expect(BanCause(text: text) == .command(reason: String(repeating: "\u{e9}", count: 16)))
        for cause in Penalties.Cause.allCases {
            let longest = BanCause.penalties(service: String(repeating: " ", count: 300), last: cause).text
            #expect(longest.utf8.count <= BanCause.longestText && BanCause(text: longest) != nil)
        }
    }
}
