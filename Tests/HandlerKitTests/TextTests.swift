// Log lines, numbers, options.
import Glibc
import Testing

@testable import HandlerKit

@Suite("text")
struct TextTests {
    private func logged(_ line: consuming LogLine) -> [[UInt8]] {
        let pair = SocketPair(SOCK_SEQPACKET)
        line.send(to: pair.ours.number)
        return pair.peers.receivePackets()
    }

    @Test("a log line is one write, and bytes of the peer cannot forge a field or a line")
    func escaping() {
        var line = LogLine("line refused")
        line.add("length", -12)
        line.add("text", "a b=\"c\n\\\u{7f}é")
        let expected = #"line refused length=-12 text=a\x20b=\x22c\x0a\x5c\x7f\xc3\xa9"#
        #expect(logged(line) == [Array(expected.utf8) + [0x0a]])
    }

    @Test("a log line that is too long is cut, marked, and ended")
    func cutLine() throws {
        var line = LogLine("long")
        line.add("text", [UInt8](repeating: 0, count: 1000).span)
        let packet = try #require(logged(line).first)
        #expect(packet.count == ShortText.capacity)
        #expect(packet.suffix(2) == [0x7e, 0x0a])
    }

    @Test(
        "a decimal number has all its digits",
        arguments: [(0, "0"), (7, "7"), (-7, "-7"), (1234567890, "1234567890"), (.max, "9223372036854775807")])
    func decimal(number: Int, expected: String) {
        var text = ShortText()
        text.append(number)
        let bytes = text.bytes
        #expect(bytes.indices.map { bytes[$0] } == Array(expected.utf8))
    }

    @Test("hexadecimal and octal numbers have their leading zeros")
    func bases() {
        var text = ShortText()
        text.append(hexadecimal: 0xbeef, minimumWidth: 8)
        text.append(" ")
        text.append(octal: 0o22, minimumWidth: 3)
        let bytes = text.bytes
        #expect(bytes.indices.map { bytes[$0] } == Array("0000beef 022".utf8))
    }

    private func reader(_ arguments: [StaticBytes]) -> OptionReader {
        OptionReader { $0 < arguments.count ? arguments[$0] : nil }
    }

    @Test("the last value of an option counts, and an option that is not given has none")
    func optionValues() throws {
        var options = reader(["--a", "1", "--b", "2", "--a", "3"])
        #expect(try options.value(of: "--a") == "3")
        #expect(try options.value(of: "--c") == nil)
        #expect(try options.value(of: "--b") == "2")
        try options.finish()
    }

    @Test("an argument that the handler did not ask for is refused by name")
    func unknownOption() throws {
        var options = reader(["--a", "1", "--z", "2"])
        #expect(try options.value(of: "--a") == "1")
        #expect(throws: OptionError.unknown("--z")) { try options.finish() }
    }

    @Test("an option without a value at the end is refused")
    func missingValue() {
        var options = reader(["--a"])
        #expect(throws: OptionError.missingValue) { try options.value(of: "--a") }
    }

    @Test("more arguments than the reader can note are refused")
    func tooManyOptions() {
        var options = reader(Array(repeating: "--a", count: 64))
        #expect(throws: OptionError.tooMany) { try options.value(of: "--a") }
    }
}
