// What somebody who is refused sees: of a service, or of one of its rules.

/// How to refuse.
package enum RefusalAction: Hashable, Sendable {
    /// The connection is closed: an end of file.
    case close
    /// The connection is reset.
    case reset
    /// The connection stays open for a while, and nothing comes.
    case tarpit
    /// This is sent, and the connection is closed when the peer has read it. Never empty.
    case message(String)

    /// In bytes: what fits into any socket's buffer at once.
    package static let longestMessage = 512

    /// Whether a text has a backslash and a letter where an end of line was meant: TOML reads `\n` in "..." and not in '...'.
    package static func hasUnreadEscape(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { first, second in
            first == UInt8(ascii: "\\") && [UInt8(ascii: "n"), UInt8(ascii: "r")].contains(second)
        }
    }

    /// Those without a text, as settings name them.
    package enum Word: String, Hashable, Sendable, CaseIterable { case close, reset, tarpit }

    package init(_ word: Word) {
        switch word {
        case .close: self = .close
        case .reset: self = .reset
        case .tarpit: self = .tarpit
        }
    }
}
