import Testing
import Text

/// The contents of a text of this capacity after `append`, and whether a part was left out.
private func text(capacity: Int = 64, _ append: (inout ByteText) -> Void) -> (string: String, isTruncated: Bool) {
    var text = ByteText(capacity: capacity)
    append(&text)
    return (text.string, text.isTruncated)
}

struct ByteTextTests {
    @Test("a text of exactly the capacity fits; one byte more is left out, and marked")
    func truncation() {
        #expect(text(capacity: 4) { $0.append("abcd") } == ("abcd", false))
        #expect(text(capacity: 4) { $0.append("abcde") } == ("abcd", true))
        #expect(text(capacity: 4) { $0.append("abcdefghij" as StaticString) } == ("abcd", true))
        #expect(text(capacity: 2) { $0.append(decimal: 12345) } == ("12", true))
    }

    @Test("an emptied text works like a new one")
    func removeAll() {
        var text = ByteText(capacity: 4)
        text.append("abcde")
        text.removeAll()
        let emptied = (text.count, text.isTruncated)
        #expect(emptied == (0, false))
        text.append("xy")
        let written = (text.string, text.bytes.count)
        #expect(written == ("xy", 2))
    }

    @Test(
        "truncating shortens, never lengthens, and makes room again", arguments: [(2, "ab"), (4, "abcd"), (9, "abcd")])
    func truncate(length: Int, expected: String) {
        var text = ByteText(capacity: 4)
        text.append("abcde")
        text.truncate(to: length)
        let shortened = (text.string, text.isTruncated)
        #expect(shortened == (expected, false))
    }

    @Test(
        "numbers are decimal without leading zeros",
        arguments: [
            (0, "0"), (7, "7"), (10, "10"), (-1, "-1"), (Int.max, "9223372036854775807"),
            (Int.min, "-9223372036854775808"),
        ])
    func decimal(value: Int, expected: String) {
        #expect(text { $0.append(decimal: value) }.string == expected)
    }

    @Test("the largest number of 64 bits has all its digits")
    func largest() {
        #expect(text { $0.append(decimal: UInt64.max) }.string == "18446744073709551615")
    }

    @Test(
        "a width adds leading zeros and never cuts",
        arguments: [(0, 1, "0"), (0, 3, "000"), (7, 3, "007"), (1234, 3, "1234"), (5, 40, "00000000000000000005")])
    func width(value: Int, width: Int, expected: String) {
        #expect(text { $0.append(decimal: value, width: width) }.string == expected)
    }
}
