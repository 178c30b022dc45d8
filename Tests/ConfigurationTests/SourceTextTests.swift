import ServiceModel
import Testing

@testable import Configuration

struct SourceTextTests {
    @Test(
        "lines and columns are counted from 1",
        arguments: [(0, 1, 1), (1, 1, 2), (2, 1, 3), (3, 2, 1), (4, 3, 1), (5, 3, 2), (99, 3, 3), (-1, 1, 1)])
    func positions(offset: Int, line: Int, column: Int) {
        let position = SourceText(Array("ab\n\ncd".utf8), file: "f").position(of: offset)
        #expect(position.line == line && position.column == column)
    }

    @Test("a byte that is no text is a fault at its place")
    func problems() {
        #expect(faults([0x61, 0x0a, 0x62, 0x00]) == ["s.toml:2:2: error: a NUL byte; expected text"])
        #expect(
            faults(Array("a = \"".utf8) + [0xc3, 0x28])
                == ["s.toml:1:6: error: a byte sequence that is not UTF-8; expected UTF-8 text"])
        #expect(
            faults([UInt8](repeating: 0x0a, count: 262_145))
                == ["s.toml:1:1: error: the file has 262145 bytes; expected 262144 at most"])
    }
}
