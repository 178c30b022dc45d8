import ServiceModel
import Tables
import Testing

@testable import Configuration

struct QuantitiesTests {
    @Test(
        "a duration is one number with one unit",
        arguments: [
            ("0s", Duration.zero), ("250ms", .milliseconds(250)), ("30s", .seconds(30)), ("5min", .seconds(300)),
            ("1h", .seconds(3600)), ("2d", .seconds(172_800)), ("36500d", .seconds(3_153_600_000)),
        ])
    func durations(text: String, expected: Duration) throws {
        #expect(try readDuration(text) == expected)
    }

    @Test(
        "the error of a duration says why",
        arguments: [
            ("", QuantityError.notADuration("")), ("30", .noUnit("30")), ("5m", .notADuration("5m")),
            ("1.5h", .notADuration("1.5h")), ("-1s", .notADuration("-1s")), ("1h30min", .notADuration("1h30min")),
            ("s", .notADuration("s")), ("1 s", .notADuration("1 s")), ("36501d", .durationTooLong("36501d")),
            ("99999999999999999999s", .durationTooLong("99999999999999999999s")),
            ("18446744073709551615d", .durationTooLong("18446744073709551615d")), ("٣s", .notADuration("٣s")),
        ])
    func durationErrors(text: String, expected: QuantityError) {
        #expect(throws: expected) { try readDuration(text) }
    }

    @Test(
        "units of sizes are powers of 1024",
        arguments: [
            ("0", UInt64(0)), ("512", 512), ("64K", 65536), ("64M", 67_108_864), ("2G", 2_147_483_648),
            ("1T", 1_099_511_627_776), ("8388607T", 9_223_370_937_343_148_032),
        ])
    func sizes(text: String, expected: UInt64) throws {
        #expect(try readSize(text) == Bytes(expected))
    }

    @Test(
        "the error of a size says why",
        arguments: [
            ("", QuantityError.notASize("")), ("64k", .notASize("64k")), ("64MB", .notASize("64MB")),
            ("-1", .notASize("-1")), ("8388608T", .sizeTooLarge("8388608T")),
            ("18446744073709551616", .sizeTooLarge("18446744073709551616")), ("64\u{212a}", .notASize("64\u{212a}")),
        ])
    func sizeErrors(text: String, expected: QuantityError) {
        #expect(throws: expected) { try readSize(text) }
    }

    @Test(
        "a rate is a number of times in a unit or in a duration",
        arguments: [
            ("30/min", Int64(30), Int64(60_000_000_000)), ("1/s", 1, 1_000_000_000), ("5/10s", 5, 10_000_000_000),
            ("1000000/d", 1_000_000, 86_400_000_000_000), ("2/1ms", 2, 1_000_000), ("7/h", 7, 3_600_000_000_000),
        ])
    func rates(text: String, count: Int64, period: Int64) throws {
        #expect(try readRate(text) == Rate(count: count, period: period))
    }

    @Test(
        "the error of a rate says why",
        arguments: [
            ("30", QuantityError.notARate("30")), ("30/", .notARate("30/")), ("/min", .notARate("/min")),
            ("30/min/s", .notARate("30/min/s")), ("-1/s", .rateOutOfRange("-1/s")), ("1.5/s", .notARate("1.5/s")),
            ("30/minute", .notARate("30/minute")), ("03/s", .notARate("03/s")), ("3/0s", .rateOutOfRange("3/0s")),
            ("0/s", .rateOutOfRange("0/s")), ("1000001/s", .rateOutOfRange("1000001/s")),
            ("1/2d", .rateOutOfRange("1/2d")), ("9223372036854775808/s", .notARate("9223372036854775808/s")),
        ])
    func rateErrors(text: String, expected: QuantityError) {
        #expect(throws: expected) { try readRate(text) }
    }

    @Test(
        "an octal number has only octal digits, and an upper bound",
        arguments: ["", "8", "0o22", "1000", "-1", "000000", "+22"])
    func octalErrors(text: String) {
        #expect(throws: QuantityError.notOctal(text, most: 0o777)) { try readOctal(text, atMost: 0o777) }
    }

    @Test("octal digits may have leading zeros", arguments: [("022", 0o22), ("0", 0), ("777", 0o777), ("0600", 0o600)])
    func octal(text: String, expected: UInt32) throws {
        #expect(try readOctal(text, atMost: 0o777) == expected)
    }
}
