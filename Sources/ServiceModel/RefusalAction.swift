// What a refused client sees. A service has an action of its own, and each of its rules may have another.

/// What a gate does with a refused connection.
package enum RefusalAction: Hashable, Sendable {
    /// The connection is closed: an end of file.
    case close
    /// The connection is reset.
    case reset
    /// The connection stays open for a while, without any data.
    case tarpit
    /// The message is sent, and the connection is closed when the peer has read it. Never empty.
    case message(String)

    /// In bytes: so much fits into the buffer of any socket at once.
    package static let longestMessage = 512

    /// Whether a text has a backslash and a letter in the place of an end of line: TOML reads `\n` in "..." but not in
    /// '...'.
    package static func hasUnreadEscape(_ text: String) -> Bool {
        zip(text.utf8, text.utf8.dropFirst()).contains { first, second in
            first == UInt8(ascii: "\\") && [UInt8(ascii: "n"), UInt8(ascii: "r")].contains(second)
        }
    }

    /// The actions without a text, by their names in settings.
    package enum Word: String, Hashable, Sendable, CaseIterable { case close, reset, tarpit }

    package init(_ word: Word) {
        switch word {
        case .close: self = .close
        case .reset: self = .reset
        case .tarpit: self = .tarpit
        }
    }
}
