import Testing
import Text

@testable import EventLog

private func timestamp(_ nanoseconds: Int64) -> String {
    var text = ByteText(capacity: 64)
    text.append(timestamp: nanoseconds)
    return text.string
}

struct TimestampTests {
    @Test(
        "seconds since 1970 become the calendar's date",
        arguments: [
            (Int64(0), "1970-01-01T00:00:00.000Z"), (59, "1970-01-01T00:00:59.000Z"),
            (86399, "1970-01-01T23:59:59.000Z"), (86400, "1970-01-02T00:00:00.000Z"),
            (951_782_399, "2000-02-28T23:59:59.000Z"), (951_782_400, "2000-02-29T00:00:00.000Z"),
            (951_868_800, "2000-03-01T00:00:00.000Z"), (1_704_067_199, "2023-12-31T23:59:59.000Z"),
            (1_704_067_200, "2024-01-01T00:00:00.000Z"), (1_709_164_800, "2024-02-29T00:00:00.000Z"),
            (1_735_603_200, "2024-12-31T00:00:00.000Z"), (4_107_542_399, "2100-02-28T23:59:59.000Z"),
            (4_107_542_400, "2100-03-01T00:00:00.000Z"), (2_147_483_648, "2038-01-19T03:14:08.000Z"),
        ])
    func dates(seconds: Int64, expected: String) {
        #expect(timestamp(seconds * 1_000_000_000) == expected)
    }

    @Test(
        "milliseconds are cut, not rounded",
        arguments: [
            (Int64(999_999), "1970-01-01T00:00:00.000Z"), (1_000_000, "1970-01-01T00:00:00.001Z"),
            (999_999_999, "1970-01-01T00:00:00.999Z"), (1_095_000_000, "1970-01-01T00:00:01.095Z"),
        ])
    func milliseconds(nanoseconds: Int64, expected: String) {
        #expect(timestamp(nanoseconds) == expected)
    }

    @Test("the least and the greatest number of 64 bits are dates too")
    func ends() {
        #expect(timestamp(.max) == "2262-04-11T23:47:16.854Z")
        #expect(timestamp(-1) == "1970-01-01T00:00:00.000Z")
        #expect(timestamp(.min) == "1970-01-01T00:00:00.000Z")
    }

    @Test("every day from 1970 to 2200 follows the day before")
    func everyDay() {
        var (year, month, day) = (1970, 1, 1)
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        for index in 0..<84006 {
            let written = timestamp(Int64(index) * 86_400_000_000_000)
            guard written == "\(year)-\(two(month))-\(two(day))T00:00:00.000Z" else {
                Issue.record("\(written) is not \(year)-\(month)-\(day)")
                return
            }
            let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
            let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
            day += 1
            if day > lengths[month - 1] { (day, month) = (1, month + 1) }
            if month > 12 { (month, year) = (1, year + 1) }
        }
        #expect(year == 2200)
    }
}
