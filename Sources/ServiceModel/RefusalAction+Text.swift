// The text of an action after `deny` in a rule: `refuse=close`, `refuse=reset`, `refuse=tarpit`, or `message=TEXT`,
// where the text is the rest of the rule, with its blanks.
// Total and bounded: any text is an action or an error with its place.

extension RefusalAction {
    private static let forms = "expected refuse=close, refuse=reset, refuse=tarpit, message=TEXT or nothing"

    /// Reads the rest of a rule after `deny`.
    ///
    /// - Parameter rest: the text from its first byte that is no blank to the end of the rule, in UTF-8.
    package init(ofRule rest: ArraySlice<UInt8>) throws(RuleTextError) {
        func fault(_ index: Int, _ what: String) -> RuleTextError {
            RuleTextError(offset: index, reason: "\(what); \(Self.forms)")
        }
        let key = Array("message=".utf8)
        guard !rest.starts(with: key) else {
            let text = rest.dropFirst(key.count)
            guard !text.isEmpty else { throw fault(rest.startIndex, "'message=' has no text") }
            guard text.count <= Self.longestMessage else {
                throw fault(
                    rest.startIndex, "the message has \(text.count) bytes, and \(Self.longestMessage) are the most")
            }
            let message = String(decoding: text, as: UTF8.self)
            guard !Self.hasUnreadEscape(message) else {
                throw fault(rest.startIndex, "the message has a backslash for an end of line, which only \"...\" reads")
            }
            self = .message(message)
            return
        }
        let words = rest.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        let first = String(decoding: words.first ?? [], as: UTF8.self)
        guard first.hasPrefix("refuse=") else {
            throw fault(rest.startIndex, "'\(first)' behind 'deny', which starts no handler")
        }
        guard let word = Word(rawValue: String(first.dropFirst("refuse=".count))) else {
            throw fault(rest.startIndex, "'\(first)'")
        }
        if words.count > 1 {
            throw fault(
                words[1].startIndex, "'\(String(decoding: words[1], as: UTF8.self))' behind '\(first)' in one rule")
        }
        self.init(word)
    }

    /// The text that ``init(ofRule:)`` reads.
    package var configText: String {
        switch self {
        case .close: "refuse=close"
        case .reset: "refuse=reset"
        case .tarpit: "refuse=tarpit"
        case .message(let text): "message=\(text)"
        }
    }
}
