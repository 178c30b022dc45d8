import Testing

@testable import Import

struct InetdEntryTests {
    private func entries(_ text: String) -> [InetdEntry] {
        var report = ImportReport()
        return inetdEntries(ImportSource(file: "f", format: .inetd, text: Array(text.utf8)), &report)
    }

    @Test("a line that begins with a blank continues the line before, but no comment")
    func continuation() {
        let found = entries("a b\n  c\n\td\n# x\n e f\n")
        #expect(found.map(\.words) == [["a", "b", "c", "d"], ["e", "f"]])
        #expect(found.map { $0.places.map(\.line) } == [[1, 2, 3], [5]])
    }

    @Test("Debian's mark disables a service")
    func off() {
        let found = entries("#<off># a b\n#<off>#\n# <off># c\na c\r\n")
        #expect(found.map(\.words) == [["a", "b"], ["a", "c"]])
        #expect(found.map(\.isOff) == [true, false])
    }

    @Test(
        "a quoted word may have blanks",
        arguments: [
            ("a \"b c\" 'd \"e'", ["a", "b c", "d \"e"]), ("\"\"", [""]), ("\"open end", ["open end"]),
            ("a\"b", ["a\"b"]),
            ("'a'b", ["a", "b"]),
        ])
    func quotes(text: String, words: [String]) {
        #expect(quotedWords(text) == words)
    }

    @Test("a line with control characters, or not in UTF-8, is reported and not used")
    func unreadable() {
        var report = ImportReport()
        let source = ImportSource(file: "f", format: .inetd, text: Array("a\u{1b}[2J\n".utf8) + [0x62, 0xff, 10, 0x63])
        #expect(inetdEntries(source, &report).map(\.words) == [["c"]])
        #expect(report.remarks.map(\.place.line) == [1, 2])
        #expect(report.remarks.first?.directive == "a\u{1b}[2J")
        #expect(report.remarks.first?.description.hasPrefix("f:1: not carried over: a\\u{1b}[2J: ") == true)
    }
}
