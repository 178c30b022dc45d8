// A minute of the week, as a local clock shows it. The code that asks knows the time zone of that clock.
// Imports nothing, as Hours does.

/// A day of the week, in the order of ISO 8601.
package enum Weekday: Int, CaseIterable, Hashable, Sendable {
    case monday, tuesday, wednesday, thursday, friday, saturday, sunday

    /// `Mon`.
    package var name: String {
        switch self {
        case .monday: "Mon"
        case .tuesday: "Tue"
        case .wednesday: "Wed"
        case .thursday: "Thu"
        case .friday: "Fri"
        case .saturday: "Sat"
        case .sunday: "Sun"
        }
    }
}

/// A minute of the week; the first is Monday, 00:00.
package struct WeekMinute: Hashable, Sendable, Comparable {
    /// 0 to ``count`` - 1.
    package let number: Int

    package static let perDay = 24 * 60
    package static let count = 7 * perDay

    /// - Parameter number: counted from Monday, 00:00; a number outside of the week is taken modulo the week.
    package init(number: Int) {
        let rest = number % WeekMinute.count
        self.number = rest < 0 ? rest + WeekMinute.count : rest
    }

    /// - Parameter minute: of the day; a number outside of the day is a minute of another day.
    package init(_ day: Weekday, minute: Int) {
        self.init(number: day.rawValue * WeekMinute.perDay + minute % WeekMinute.count)
    }

    package static func < (a: WeekMinute, b: WeekMinute) -> Bool { a.number < b.number }
}

extension WeekMinute: CustomStringConvertible {
    /// `Mon 08:00`.
    package var description: String {
        let minute = number % WeekMinute.perDay
        let two = { (value: Int) in value < 10 ? "0\(value)" : "\(value)" }
        return "\(Weekday.allCases[number / WeekMinute.perDay].name) \(two(minute / 60)):\(two(minute % 60))"
    }
}
