// echo: sends every byte back until a blank line or the end of input.
// Promises to return the bytes unchanged and as soon as they come, with lines of any length and their own endings; the
// rule for blank lines depends on the lines, never on how many bytes one read returned. Only --letters lowercase
// changes a byte.
// Sources: RFC 862; EchoSocket and EchoBB of mod_perl 2.0's user guide (perl.apache.org, "Protocol Handlers").
import HandlerKit

@main
struct Echo {
    /// The effect of a blank line.
    enum OnBlank: StaticBytes, CaseIterable {
        /// It ends the session, without an answer.
        case silent
        /// It is echoed, and then ends the session.
        case echo
        /// It is a line like any other.
        case off
    }

    /// The treatment of letters.
    enum Letters: StaticBytes, CaseIterable {
        /// They come back unchanged.
        case unchanged
        /// ASCII letters come back in lower case.
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
