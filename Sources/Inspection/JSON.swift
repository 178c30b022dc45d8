// JSON (RFC 8259) for programs: values, and the one place that renders them. Foundation's writer would need Foundation.
// Promises that the text is JSON for any bytes of a string, and that keys stay in their order.
internal import Text

/// A value of JSON.
package indirect enum JSON: Hashable, Sendable {
    case null
    case boolean(Bool)
    case integer(Int)
    /// In seconds with three decimals; a duration below zero as zero.
    case seconds(Duration)
    case string(String)
    case list([JSON])
    case object(Object)

    /// Keys and their values, in order. Each key comes once.
    package struct Object: Hashable, Sendable, ExpressibleByDictionaryLiteral {
        package private(set) var members: [Member]

        package init() { members = [] }

        package init(dictionaryLiteral elements: (String, JSON)...) {
            members = elements.map { Member(key: $0.0, value: $0.1) }
        }

        /// The members of the second after those of the first.
        package static func + (first: Object, second: Object) -> Object {
            var sum = first
            sum.members += second.members
            return sum
        }
    }

    /// A key of an object, and its value.
    package struct Member: Hashable, Sendable {
        package let key: String
        package let value: JSON
    }
}

extension JSON: ExpressibleByDictionaryLiteral {
    package init(dictionaryLiteral elements: (String, JSON)...) {
        self = .object(elements.reduce(Object()) { $0 + [$1.0: $1.1] })
    }
}

extension JSON {
    /// The version of the shapes in doorward-json(5). It rises when a key changes its meaning or is removed.
    package static let version = 1

    /// The output of a command: one object, which begins with the version of its shape.
    package static func document(_ object: Object) -> JSON { .object(["version": .integer(version)] + object) }

    /// null for nil.
    package init(_ text: String?) { self = text.map { .string($0) } ?? .null }

    /// null for nil.
    package init(_ number: Int?) { self = number.map { .integer($0) } ?? .null }

    /// In seconds; null for nil.
    package init(_ duration: Duration?) { self = duration.map { .seconds($0) } ?? .null }

    /// A list of strings.
    package static func strings(_ texts: [String]) -> JSON { .list(texts.map { .string($0) }) }

    /// A string in its quotes.
    package static func text(_ text: String) -> String { "\"\(Escaping.json.text(text))\"" }

    /// The text for printing: each member of the outermost object begins a line, and so does each object in a list.
    package var text: String {
        var text = ""
        write(to: &text, depth: 0)
        return text
    }

    private func write(to text: inout String, depth: Int) {
        switch self {
        case .null: text += "null"
        case .boolean(let isTrue): text += isTrue ? "true" : "false"
        case .integer(let number): text += "\(number)"
        case .seconds(let duration): text += Self.decimal(duration)
        case .string(let string): text += Self.text(string)
        case .list(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                if case .object = value { text += Self.newLine(depth + 1) }
                value.write(to: &text, depth: depth + 1)
            }
            text += "]"
        case .object(let object):
            precondition(Set(object.members.map(\.key)).count == object.members.count, "an object has each key once")
            text += "{"
            for (index, member) in object.members.enumerated() {
                if index > 0 { text += depth == 0 ? "," + Self.newLine(1) : "," }
                text += Self.text(member.key) + ":"
                member.value.write(to: &text, depth: depth + 1)
            }
            text += "}"
        }
    }

    private static func newLine(_ depth: Int) -> String { "\n" + String(repeating: " ", count: depth) }

    private static func decimal(_ duration: Duration) -> String {
        let (seconds, attoseconds) = max(duration, .zero).components
        let thousandths = String(attoseconds / 1_000_000_000_000_000)
        return "\(seconds)." + String(repeating: "0", count: 3 - thousandths.count) + thousandths
    }
}
