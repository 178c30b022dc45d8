// The values of options; TextTests has the tests of finding them. The handlers' tests have refusals, which end the
// process.
import Testing

@testable import HandlerKit

@Suite("options")
struct OptionsTests {
    @Test(
        "a time is a whole number with a unit",
        arguments: [
            ("0s", .zero), ("500ms", .milliseconds(500)), ("30s", .seconds(30)), ("5min", .seconds(300)),
            ("1h", .seconds(3600)), ("008s", .seconds(8)), ("", nil), ("5", nil), ("s", nil), ("-1s", nil),
            ("1.5s", nil),
            ("1 s", nil), ("1S", nil), ("1d", nil), ("1s ", nil), ("9999999999999h", nil),
            ("99999999999999999999s", nil), ("2199023255551h", nil),
        ] as [(StaticBytes, Duration?)])
    func durations(text: StaticBytes, expected: Duration?) {
        #expect(text.duration == expected)
    }

    @Test(
        "a size is a whole number, perhaps with a unit",
        arguments: [
            ("0", 0), ("512", 512), ("64K", 65536), ("1M", 1 << 20), ("2G", 2 << 30), ("", nil), ("K", nil),
            ("1k", nil),
            ("1KB", nil), ("-1", nil), ("1.5M", nil), ("99999999999999999999", nil), ("4294967296G", nil),
        ] as [(StaticBytes, Int?)])
    func sizes(text: StaticBytes, expected: Int?) {
        #expect(text.size == expected)
    }

    @Test("a value outside of the allowed range is nil")
    func ranges() {
        #expect(Optional(1).within(1...3) == 1)
        #expect(Optional(4).within(1...3) == nil)
        #expect(Int?.none.within(1...3) == nil)
        #expect(Optional(Duration.seconds(30)).within(.zero ... .seconds(30)) == .seconds(30))
    }

    @Test(
        "a time is written as options spell it",
        arguments: [(.zero, "0s"), (.milliseconds(1), "1ms"), (.seconds(90), "90s")] as [(Duration, String)])
    func saying(duration: Duration, expected: String) {
        var text = ShortText()
        text.append(duration)
        let bytes = text.bytes
        #expect(String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) == expected)
    }

    @Test("an option that is given several times has all its values, in their order")
    func several() {
        let arguments: [StaticBytes] = ["--a", "1", "--b", "--a", "--a", "2", "--a", "3"]
        let values = OptionValues(
            name: "--a", reader: OptionReader { $0 < arguments.count ? arguments[$0] : nil })
        #expect(values[0] == "1")
        #expect(values[1] == "2")
        #expect(values[2] == "3")
        #expect(values[3] == nil)
    }
}
