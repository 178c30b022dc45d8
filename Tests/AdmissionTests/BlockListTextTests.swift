import Testing

@testable import Admission

private func read(_ text: String) throws -> [String] {
    try BlockList.entries(of: Array(text.utf8), file: "block").map { "\($0.line) \($0.prefix)" }
}

private func faults(_ bytes: [UInt8]) -> [String] {
    do {
        _ = try BlockList.entries(of: bytes, file: "block")
        return []
    } catch {
        return error.all.map(\.description)
    }
}

struct BlockListTextTests {
    @Test(
        "each line is an address or a prefix, and keeps its number",
        arguments: [
            ("", []), ("\n\n", []), ("# none\n", []), ("#", []), ("  \t \r\n", []), ("192.0.2.7", ["1 192.0.2.7"]),
            ("192.0.2.7\n", ["1 192.0.2.7"]), ("\n192.0.2.7\n\n::1", ["2 192.0.2.7", "4 ::1"]),
            ("10.0.0.0/8 # private\n", ["1 10.0.0.0/8"]), ("10.0.0.0/8#private", ["1 10.0.0.0/8"]),
            ("\t 2001:db8::/32 \t", ["1 2001:db8::/32"]), ("192.0.2.7\r\n::1\r\n", ["1 192.0.2.7", "2 ::1"]),
            ("# 192.0.2.7 # 192.0.2.8\n192.0.2.9 # 192.0.2.10", ["2 192.0.2.9"]),
            ("::ffff:192.0.2.7", ["1 192.0.2.7"]), ("192.0.2.7\n192.0.2.7", ["1 192.0.2.7", "2 192.0.2.7"]),
        ])
    func lines(text: String, expected: [String]) throws {
        #expect(try read(text) == expected)
    }

    @Test("each line that cannot be read is a fault with its place, and none hides another")
    func positions() {
        let expected = "expected one like 192.0.2.7, 10.0.0.0/8 or 2001:db8::/32"
        #expect(
            faults(Array("192.0.2.7\n  example.org\n\t10.0.0.1/8 # x\n10.0.0.0/33\r\n192.0.2.8 192.0.2.9".utf8)) == [
                "block:2:3: error: 'example.org' is not an IP address or prefix; \(expected)",
                "block:3:2: error: '10.0.0.1/8' has bits set behind its prefix length; expected 10.0.0.0/8",
                "block:4:1: error: '33' is not a prefix length; expected 0 to 32",
                "block:5:1: error: '192.0.2.8 192.0.2.9' is not an IP address or prefix; \(expected)",
            ])
    }

    @Test(
        "bytes that are not text are a fault, never a line",
        arguments: [[0xff], [0], [0xc3], Array("192.0.2.7".utf8) + [0], [0xef, 0xbb, 0xbf] + Array("::1".utf8)])
    func bytes(bytes: [UInt8]) {
        #expect(faults(bytes).count == 1)
    }

    @Test("for a file of another kind, the first faults are reported and the rest counted")
    func many() {
        let faults = faults(Array(repeatElement("no\n", count: 1000).joined().utf8))
        #expect(faults.count == BlockList.mostFaults + 1)
        #expect(faults.last == "block:1001:1: error: 900 more lines cannot be read")
    }

    @Test("for a very long line, its beginning is quoted")
    func long() {
        let faults = faults([UInt8](repeating: UInt8(ascii: "1"), count: 1 << 20))
        #expect(faults.count == 1 && faults[0].utf8.count < 250)
    }

    @Test("the table of a text is the table of its entries, and knows their number")
    func table() throws {
        let text = Array("10.0.0.0/8\n\n# x\n10.1.0.0/16 # y\n2001:db8::/32\n10.0.0.0/8\n".utf8)
        let table = try BlockList.table(ofText: text, file: "block")
        #expect(table.bytes == BlockList.table(of: try BlockList.entries(of: text, file: "block")))
        #expect(table.lines == 4)
        #expect(throws: BlockListFaults.self) { try BlockList.table(ofText: Array("x".utf8), file: "block") }
    }
}
