// A TOML text as values that know where they stand.

import HostDefinition
import ServiceModel

/// A value and where it stands.
struct TOMLNode: Sendable {
    enum Content: Sendable {
        case string(String)
        case integer(Int)
        case float(Double)
        case boolean(Bool)
        case list([TOMLNode])
        case table([TOMLEntry])
        /// Something that no key takes, under the name that a message gives it.
        case other(String)
    }

    var content: Content
    var position: SourcePosition
    /// The place inside the quotes of a string, when each byte of it stands for itself.
    var textPosition: SourcePosition?

    /// What this is, as a message says it: `an integer`.
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

    /// The place of a byte of a string's text: exact where the text stands in the file as it is, else the string's.
    func position(ofByte offset: Int) -> SourcePosition {
        guard var position = textPosition else { return position }
        position.column += offset
        return position
    }
}

/// A key of a table, its value, and where the key stands.
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
