// Where in a TOML text each key and each value stands: TOMLKit's nodes do not say.
// Promises to end for any bytes, to hold no more places than the text has bytes, and to nest no deeper than `mostNested`.
// Judges structure only, because TOMLKit 0.6.0 must not see everything: a value that starts with `]` or `}` inside a list
// is undefined behaviour in it (an assertion in debug builds), a NUL written as an escape silently cuts a string off, and
// deep nesting overflows its stack. What a number or a date is, and that no key comes twice, TOMLKit judges.

/// Key paths of a TOML text, and where they are.
struct PositionIndex: Sendable {
    /// One step down from a table or a list.
    enum Step: Hashable, Sendable {
        case key(String)
        case element(Int)
    }

    /// Where something stands. Unit: byte offsets.
    struct Place: Hashable, Sendable {
        /// The first byte of the key; for an element of a list, of its value.
        var key: Int
        /// The first byte of the value: the opening quote of a string, the name in a table's header.
        var value: Int
        /// The first byte inside a string's quotes, when each byte of it stands for itself.
        var text: Int?
    }

    /// How far the text could be followed.
    enum Ending: Error, Hashable, Sendable {
        case complete
        /// From this offset on it is not TOML, or not to be handed to TOMLKit.
        case stopped(at: Int, message: String)
    }

    /// ChainActions from the top to the deepest value.
    static let mostNested = 16

    private let places: [[Step]: Place]
    let ending: Ending

    /// Reads any bytes; what follows the first thing that is not TOML has no place.
    init(_ bytes: [UInt8]) {
        var lexer = PositionLexer(bytes)
        ending = lexer.run()
        places = lexer.places
    }

    /// The place of what the steps lead to.
    subscript(path: [Step]) -> Place? { places[path] }

    /// How many places are known.
    var count: Int { places.count }
}
