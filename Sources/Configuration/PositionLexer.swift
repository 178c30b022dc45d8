// Follows the structure of a TOML text without reading its values. Source: TOML 1.0.0.
// Promises that each loop takes at least one byte, and that recursion ends at PositionIndex.mostNested.
// Is laxer than TOML where it does no harm (line ends in inline tables): TOMLKit reads the same text and is strict.

/// One pass over a text, which notes the place of each key and value.
struct PositionLexer {
    typealias Step = PositionIndex.Step
    typealias Place = PositionIndex.Place
    typealias Ending = PositionIndex.Ending

    private var cursor: TOMLCursor
    private(set) var places: [[Step]: Place] = [:]
    /// The table that the last header opened.
    private var table: [Step] = []
    /// How many elements each `[[list]]` of tables has so far.
    private var elementCounts: [[Step]: Int] = [:]

    private struct KeyPart {
        var name: String
        var offset: Int
    }

    init(_ bytes: [UInt8]) {
        cursor = TOMLCursor(bytes)
    }

    /// Goes through the text, as far as it can be followed.
    mutating func run() -> Ending {
        do {
            try document()
            return .complete
        } catch {
            return error
        }
    }

    private mutating func document() throws(Ending) {
        cursor.skipByteOrderMark()
        while true {
            cursor.skipBlankLines()
            guard let byte = cursor.byte else { return }
            if byte == UInt8(ascii: "[") {
                try header()
            } else {
                try keyAndValue(in: table)
            }
            cursor.skipBlanks()
            cursor.skipComment()
            if let byte = cursor.byte, byte != UInt8(ascii: "\n") { throw cursor.stop(expected: "the end of the line") }
        }
    }

    /// `[a.b]` or `[[a.b]]`.
    private mutating func header() throws(Ending) {
        try cursor.expect(UInt8(ascii: "["))
        let isElement = cursor.take(UInt8(ascii: "["))
        let parts = try dottedKey()
        try cursor.expect(UInt8(ascii: "]"))
        if isElement { try cursor.expect(UInt8(ascii: "]")) }

        table = []
        for (index, part) in parts.enumerated() {
            table.append(.key(part.name))
            try note(table, Place(key: part.offset, value: part.offset))
            if isElement, index == parts.count - 1 { elementCounts[table, default: 0] += 1 }
            if let count = elementCounts[table] {
                table.append(.element(count - 1))
                try note(table, Place(key: part.offset, value: part.offset))
            }
        }
    }

    /// `a.b = value`, inside the table that `path` leads to.
    private mutating func keyAndValue(in path: [Step]) throws(Ending) {
        var parts = try dottedKey()
        let last = parts.removeLast()
        try cursor.expect(UInt8(ascii: "="))
        cursor.skipBlanks()
        var path = path
        for part in parts {
            path.append(.key(part.name))
            try note(path, Place(key: part.offset, value: part.offset))
        }
        try value(at: path + [.key(last.name)], key: last.offset)
    }

    /// At least one part.
    private mutating func dottedKey() throws(Ending) -> [KeyPart] {
        var parts: [KeyPart] = []
        repeat {
            cursor.skipBlanks()
            let offset = cursor.offset
            parts.append(KeyPart(name: try cursor.keyPart(), offset: offset))
            guard parts.count <= PositionIndex.mostNested else { throw tooDeep(at: offset) }
            cursor.skipBlanks()
        } while cursor.take(UInt8(ascii: "."))
        return parts
    }

    private mutating func value(at path: [Step], key: Int) throws(Ending) {
        var place = Place(key: key, value: cursor.offset)
        switch cursor.byte {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            place.text = try cursor.string()
            try note(path, place)
        case UInt8(ascii: "["):
            try note(path, place)
            try list(at: path)
        case UInt8(ascii: "{"):
            try note(path, place)
            try inlineTable(at: path)
        default:
            try cursor.scalar()
            try note(path, place)
        }
    }

    private mutating func list(at path: [Step]) throws(Ending) {
        try cursor.expect(UInt8(ascii: "["))
        var index = 0
        while true {
            cursor.skipBlankLines()
            if cursor.take(UInt8(ascii: "]")) { return }
            try value(at: path + [.element(index)], key: cursor.offset)
            index += 1
            cursor.skipBlankLines()
            if !cursor.take(UInt8(ascii: ",")), cursor.byte != UInt8(ascii: "]") {
                throw cursor.stop(expected: "',' or ']' behind an element of a list")
            }
        }
    }

    private mutating func inlineTable(at path: [Step]) throws(Ending) {
        try cursor.expect(UInt8(ascii: "{"))
        while true {
            cursor.skipBlankLines()
            if cursor.take(UInt8(ascii: "}")) { return }
            try keyAndValue(in: path)
            cursor.skipBlankLines()
            if !cursor.take(UInt8(ascii: ",")), cursor.byte != UInt8(ascii: "}") {
                throw cursor.stop(expected: "',' or '}' behind a value of an inline table")
            }
        }
    }

    /// Keeps the first place that a path is named at: a second one is another part of a table, or TOMLKit's to refuse.
    private mutating func note(_ path: [Step], _ place: Place) throws(Ending) {
        guard path.count <= PositionIndex.mostNested else { throw tooDeep(at: place.key) }
        if places[path] == nil { places[path] = place }
    }

    private func tooDeep(at offset: Int) -> Ending {
        .stopped(at: offset, message: "nested too deep; expected \(PositionIndex.mostNested) levels at most")
    }
}
