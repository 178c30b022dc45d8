// A TOML text as values that know where they stand: TOMLKit reads it, PositionIndex says where.
// Promises that TOMLKit sees only text which PositionIndex could follow to its end, so that each value has a place.
// Facts: TOMLKit 0.6.0 never frees a table or a string; a document is therefore copied out once, and reads are rare.

import HostDefinition
import ServiceModel
import TOMLKit

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
    let index = PositionIndex(text.bytes)
    if case .stopped(let offset, let message) = index.ending {
        throw Fault(position: text.position(of: offset), message: message)
    }
    let table = try tomlKitTable(text)
    let top = PositionIndex.Place(key: 0, value: 0)
    return TOMLBuilder(text: text, index: index).entries(of: table, path: [], within: top)
}

func tomlKitTable(_ text: SourceText) throws(Fault) -> TOMLTable {
    do {
        return try TOMLTable(string: String(decoding: text.bytes, as: UTF8.self))
    } catch let error as TOMLParseError {
        let begin = error.source.begin
        throw Fault(
            position: text.position(line: begin.line, codePoint: begin.column), message: error.description)
    } catch {
        throw Fault(position: text.position(of: 0), message: "not TOML: \(error)")
    }
}

/// Copies TOMLKit's tree; as deep as the index is, which is bounded.
private struct TOMLBuilder {
    let text: SourceText
    let index: PositionIndex

    func entries(
        of table: TOMLTable, path: [PositionIndex.Step], within outer: PositionIndex.Place
    ) -> [TOMLEntry] {
        var result: [TOMLEntry] = []
        for key in table.keys {
            let path = path + [.key(key)]
            let place = index[path] ?? outer
            guard let value = table[key] else { continue }
            result.append(
                TOMLEntry(
                    key: key, position: text.position(of: place.key), value: node(value, path: path, at: place)))
        }
        return result.sorted { $0.position.isBefore($1.position) }
    }

    private func node(
        _ value: any TOMLValueConvertible, path: [PositionIndex.Step], at place: PositionIndex.Place
    ) -> TOMLNode {
        TOMLNode(
            content: content(of: value, path: path, at: place),
            position: text.position(of: place.value),
            textPosition: place.text.map { text.position(of: $0) })
    }

    private func content(
        of value: any TOMLValueConvertible, path: [PositionIndex.Step], at place: PositionIndex.Place
    ) -> TOMLNode.Content {
        if let string = value.string { return .string(string) }
        if let integer = value.int { return .integer(integer) }
        if let double = value.double { return .float(double) }
        if let boolean = value.bool { return .boolean(boolean) }
        if let table = value.table { return .table(entries(of: table, path: path, within: place)) }
        if let array = value.array {
            return .list(
                array.enumerated().map { number, element in
                    let path = path + [.element(number)]
                    return node(element, path: path, at: index[path] ?? place)
                })
        }
        return .other("a \(value.type)")
    }
}
