// A TOML text as values with their places in the file.

import HostDefinition
import ServiceModel

/// A value and its place.
struct TOMLNode: Sendable {
    enum Content: Sendable {
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        case list([TOMLNode])
        case table([TOMLEntry])
        /// A value that no key takes, by its name in messages.
        case other(String)
    }

    var content: Content
    var position: SourcePosition
    /// The place inside the quotes of a string, when each byte of it stands for itself.
    var textPosition: SourcePosition?

    /// The type of the value, as a message names it: `an integer`.
    var kind: String {
        switch content {
        case .string: "a string"
        case .integer: "an integer"
        case .float: "a floating-point number"
        case .boolean: "a boolean"
        case .list: "a list"
        case .table: "a table"
        case .other(let name): name
        }
    }

    /// The place of a byte of a string's text: exact for a string without escapes, else the place of the string.
    func position(ofByte offset: Int) -> SourcePosition {
        guard var position = textPosition else { return position }
        position.column += offset
        return position
    }
}

/// A key of a table, its value, and the place of the key.
struct TOMLEntry: Sendable {
    var key: String
    var position: SourcePosition
    var value: TOMLNode
}

/// Reads a whole document: the entries of its top table, in the order of the text.
func readTOML(_ text: SourceText) throws(Fault) -> [TOMLEntry] {
    if let problem = text.problem() { throw problem }
    return try ParsedTOML(text).entries(in: text)
}
