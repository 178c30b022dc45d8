import TestSupport
import Testing

@testable import ServiceModel

/// For each minute of the week, whether the hours contain it.
private func minutes(_ hours: Hours) -> [Bool] {
    Weekday.allCases.flatMap { day in
        (0..<WeekMinute.perDay).map { hours.contains(WeekMinute(day, minute: $0)) }
    }
}

struct HoursTests {
    @Test("the minutes of inserted ranges are open, and no others", arguments: 0..<16)
    func oracle(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var hours = Hours()
        var expected = [Bool](repeating: false, count: WeekMinute.count)
        for _ in 0..<Int.random(in: 0...12, using: &random) {
            let day = try #require(Weekday.allCases.randomElement(using: &random))
            let start = Int.random(in: 0..<WeekMinute.perDay, using: &random)
            let length = Int.random(in: 0...2000, using: &random)
            hours.insert(WeekMinute(day, minute: start), minutes: length)
            for minute in 0..<length {
                expected[(day.rawValue * WeekMinute.perDay + start + minute) % WeekMinute.count] = true
            }
        }
        #expect(minutes(hours) == expected)
        for index in hours.ranges.indices.dropFirst() {
            #expect(hours.ranges[index].lowerBound > hours.ranges[index - 1].upperBound)
        }
    }

    @Test("a union is open when one of its parts is")
    func union() {
        var hours = Hours()
        hours.insert(WeekMinute(.monday, minute: 60), minutes: 60)
        var other = Hours()
        other.insert(WeekMinute(.sunday, minute: 1430), minutes: 71)
        hours.formUnion(other)
        #expect(hours.ranges == [0..<120, WeekMinute.count - 10..<WeekMinute.count])
    }

    @Test("always is open in every minute, and hours without a range in none")
    func always() {
        #expect(minutes(.always).allSatisfy { $0 } && !minutes(Hours()).contains(true))
    }

    @Test("minutes outside of a day are of another day, and minutes outside of the week of another week")
    func days() {
        #expect(
            [0, 1440, 10079, 10080, -1].map { WeekMinute(number: $0).description } == [
                "Mon 00:00", "Tue 00:00", "Sun 23:59", "Mon 00:00", "Sun 23:59",
            ])
        #expect(WeekMinute(.sunday, minute: 1440) == WeekMinute(.monday, minute: 0))
        #expect(WeekMinute(.monday, minute: -1) == WeekMinute(.sunday, minute: 1439))
        #expect(WeekMinute(.sunday, minute: .max).number < WeekMinute.count)
        #expect(WeekMinute(.monday, minute: .min).number >= 0)
    }
}
