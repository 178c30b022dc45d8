// What the import did with each line: a fate for every line, and remarks for the administrator.
// Promises that no directive is lost without a remark: a line has a fate, and a line that is not carried over has a
// remark of its own, or its section has one.
internal import Text

/// A line of a file.
package struct Place: Hashable, Sendable, CustomStringConvertible {
    /// The file's name as the caller gave it.
    package var file: String
    /// From 1; 0 is the file as a whole.
    package var line: Int

    package init(file: String, line: Int) {
        self.file = file
        self.line = line
    }

    /// `FILE:LINE`, or `FILE`.
    package var description: String { line == 0 ? file : "\(file):\(line)" }
}

/// A fact that the administrator should know.
package struct Remark: Hashable, Sendable, CustomStringConvertible {
    package enum Kind: String, Hashable, Sendable {
        /// The services go without it.
        case notCarriedOver = "not carried over"
        /// It is carried over, but with another meaning than before.
        case note
    }

    package let place: Place
    package let kind: Kind
    /// The text of the file, whole and unescaped: `wait = yes`.
    package let directive: String
    /// The reason why it was not carried over, or the difference.
    package let reason: String

    /// `FILE:LINE: not carried over: wait = yes: REASON`, fit for a terminal.
    package var description: String {
        "\(Escaping.line.text(place.description)): \(kind.rawValue): \(printable(directive)): \(reason)"
    }
}

/// What the import did with a line.
package enum LineFate: Int, Hashable, Sendable, Comparable {
    /// It contains nothing to carry over.
    case comment
    case carried
    case noted
    case notCarriedOver

    package static func < (one: LineFate, other: LineFate) -> Bool { one.rawValue < other.rawValue }
}

/// All remarks, and the fates of all lines.
package struct ImportReport: Sendable {
    private var all: [Remark] = []
    private var seen: Set<Remark> = []
    private var fates: [Place: LineFate] = [:]

    package init() {}

    /// Each remark once, ordered by file and line; those about a whole file come last.
    package var remarks: [Remark] {
        let ofLines = all.enumerated().filter { $0.element.place.line > 0 }
        let files = ofLines.reduce(into: [String]()) { files, remark in
            if !files.contains(remark.element.place.file) { files.append(remark.element.place.file) }
        }
        let sorted = files.flatMap { file in
            ofLines.filter { $0.element.place.file == file }
                .sorted { ($0.element.place.line, $0.offset) < ($1.element.place.line, $1.offset) }
                .map(\.element)
        }
        return sorted + all.filter { $0.place.line == 0 }
    }

    /// The fate of a line. nil: the importer did not read it, which is a bug.
    package func fate(of place: Place) -> LineFate? { fates[place] }

    /// Records a line that is empty or a comment.
    mutating func comment(_ place: Place) { settle(place, .comment) }

    /// Records a line that is in a service file.
    mutating func carried(_ place: Place) { settle(place, .carried) }

    /// Records a line of a section that is not carried over; the section has a remark.
    mutating func dropped(_ place: Place) { settle(place, .notCarriedOver) }

    mutating func note(_ place: Place, _ directive: String, _ what: String) {
        add(Remark(place: place, kind: .note, directive: directive, reason: what))
        settle(place, .noted)
    }

    mutating func notCarriedOver(_ place: Place, _ directive: String, _ why: String) {
        add(Remark(place: place, kind: .notCarriedOver, directive: directive, reason: why))
        settle(place, .notCarriedOver)
    }

    private mutating func add(_ remark: Remark) {
        if seen.insert(remark).inserted { all.append(remark) }
    }

    private mutating func settle(_ place: Place, _ fate: LineFate) {
        fates[place] = max(fates[place] ?? .comment, fate)
    }
}

/// A text of a file, fit for one line: without control characters, and cut when it is long.
func printable(_ text: String) -> String {
    let most = 120
    let start = String(String.UnicodeScalarView(text.unicodeScalars.prefix(most)))
    return Escaping.line.text(start) + (text.unicodeScalars.count > most ? "..." : "")
}
