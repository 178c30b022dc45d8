// echo: sends every byte back until a blank line or the end of input.
// Promises to return the bytes unchanged, lines of any length with their own endings, as soon as they come; the rule
// about blank lines works on lines, never on what one read happened to return. Only --letters lowercase changes a byte.
// Sources: RFC 862; shared/reference/protocols.md 1.4 (ES-01 to ES-03) and 1.5 (EB-02 to EB-06).
import HandlerKit

@main
struct Echo {
    /// What a blank line does.
    enum OnBlank: StaticBytes, CaseIterable {
        /// Ends the session, unanswered.
        case silent
        /// Is echoed, then ends the session.
        case echo
        /// Is a line like any other.
        case off
    }

    /// What becomes of the letters.
    enum Letters: StaticBytes, CaseIterable {
        /// They come back as they were sent.
        case unchanged
        /// They come back in lower case; ASCII only.
        case lowercase
    }

    /// Reads the options and serves one connection.
    static func main() {
        var options = Options(usage: "echo [--on-blank silent|echo|off] [--letters unchanged|lowercase]")
        let onBlank = options.choice("--on-blank", default: OnBlank.silent)
        let letters = options.choice("--letters", default: Letters.unchanged)
        options.finish()

        serve { connection throws(ConnectionError) in
            if letters == .lowercase { connection.filterOutput(through: Lowercase()) }
            while let paragraph = try connection.nextParagraph() {
                let isLast = paragraph.isBlankLine && onBlank != .off
                if !isLast || onBlank == .echo { try connection.write(paragraph.bytes) }
                if isLast { break }
            }
            return .done
        }
    }
}
