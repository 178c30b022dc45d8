// An entry of inetd.conf: the words of a line and of the lines that continue it.
// The forms are those of OpenBSD and Debian, FreeBSD, NetBSD and GNU. Where they differ, the code names the inetd that
// it follows.

/// The text that Debian's update-inetd(8) puts before a disabled service.
let offMark = "#<off>#"

/// A line with the lines that continue it.
struct InetdEntry {
    var place: Place
    /// All places, the first among them.
    var places: [Place]
    var words: [String]
    var isOff: Bool

    /// The text in remarks.
    var text: String { words.prefix(6).joined(separator: " ") }
}

/// The entries of a file, and the fates of the other lines. A line that begins with a blank continues the one before.
func inetdEntries(_ source: ImportSource, _ report: inout ImportReport) -> [InetdEntry] {
    var entries: [InetdEntry] = []
    var canContinue = false
    for line in source.lines(&report) {
        var text = line.text
        let isOff = text.hasPrefix(offMark)
        if isOff { text = String(text.dropFirst(offMark.count)) }
        let isComment = text.hasPrefix("#") || trimmed(text).isEmpty
        if text.hasPrefix("#@") {
            report.notCarriedOver(line.place, text, "an IPsec policy; set it in the kernel (setkey(8), ip-xfrm(8))")
        } else if isComment {
            report.comment(line.place)
        } else if canContinue, !isOff, text.hasPrefix(" ") || text.hasPrefix("\t") {
            entries[entries.count - 1].words += quotedWords(text)
            entries[entries.count - 1].places.append(line.place)
            continue
        } else {
            entries.append(InetdEntry(place: line.place, places: [line.place], words: quotedWords(text), isOff: isOff))
        }
        canContinue = !isComment && !text.hasPrefix("#@")
    }
    return entries
}

/// The words of a line. A word that begins with a quote ends at the next such quote, as in FreeBSD and GNU.
func quotedWords(_ text: String) -> [String] {
    var result: [String] = []
    var rest = Array(text.utf8)[...]
    while true {
        rest = rest.drop { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") }
        guard let first = rest.first else { return result }
        let word: ArraySlice<UInt8>
        if first == UInt8(ascii: "\"") || first == UInt8(ascii: "'") {
            word = rest.dropFirst().prefix { $0 != first }
            rest = rest.dropFirst(word.count + 2)
        } else {
            word = rest.prefix { $0 != UInt8(ascii: " ") && $0 != UInt8(ascii: "\t") }
            rest = rest.dropFirst(word.count)
        }
        result.append(String(decoding: word, as: UTF8.self))
    }
}
