import Testing

@testable import Import

struct XinetdSectionTests {
    private func read(_ text: String) -> ([XinetdSection], ImportReport) {
        var report = ImportReport()
        return (xinetdSections(ImportSource(file: "f", format: .xinetd, text: Array(text.utf8)), &report), report)
    }

    @Test("a section has attributes with operators")
    func sections() {
        let (found, report) = read("defaults\n{\n a = 1\n}\nservice x {\n b=2 3\n c += 4\n d -= 5\n# e = 6\n f =\n}\n")
        #expect(found.map(\.name) == [nil, "x"])
        #expect(found.flatMap(\.attributes).map(\.text) == ["a = 1", "b = 2 3", "c += 4", "d -= 5", "f ="])
        #expect(found.flatMap(\.attributes).map(\.place.line) == [3, 6, 7, 8, 10])
        #expect(report.remarks.isEmpty)
    }

    @Test("a line that is no section and no attribute is reported with its place")
    func junk() {
        let (found, report) = read("what\nservice\nservice a b\nincludedir /d\nservice x\n{\nhello\na b = c\n = d\n")
        #expect(found.map(\.name) == ["x"])
        #expect(report.remarks.map(\.place.line) == [1, 2, 3, 4, 5, 7, 8, 9])
        #expect(report.remarks.filter { $0.kind == .note }.map(\.place.line) == [5])
    }
}
