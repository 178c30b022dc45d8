import Testing

@testable import ServiceModel

struct RefusalActionTextTests {
    private func action(_ text: String) throws(RuleTextError) -> RefusalAction {
        try RefusalAction(ofRule: Array(text.utf8)[...])
    }

    @Test(
        "an action is a word, or a message that is the rest of the rule",
        arguments: [
            ("refuse=close", RefusalAction.close), ("refuse=reset \t", .reset), ("refuse=tarpit", .tarpit),
            ("message=x", .message("x")), ("message= a  b \r\n", .message(" a  b \r\n")),
            ("message=refuse=reset", .message("refuse=reset")),
        ])
    func manners(text: String, expected: RefusalAction) throws {
        #expect(try action(text) == expected)
        #expect(try action(expected.configText) == expected)
    }

    @Test(
        "the error of another text has its place",
        arguments: [
            ("", 0, "'' behind 'deny'"), ("refuse", 0, "'refuse' behind 'deny'"), ("refuse=", 0, "'refuse='; expected"),
            ("Refuse=close", 0, "'Refuse=close' behind"), ("refuse=reset message=x", 13, "'message=x' behind 'refuse"),
            ("message=no\\r\\n", 0, "the message has a backslash"),
            ("message=", 0, "'message=' has no text"),
            ("message=" + String(repeating: "x", count: 513), 0, "the message has 513 bytes, and 512 are the most"),
        ])
    func faults(text: String, offset: Int, reason: String) {
        #expect {
            _ = try action(text)
        } throws: { error in
            let error = error as? RuleTextError
            return error?.offset == offset && error?.reason.hasPrefix(reason) == true
        }
    }
}
