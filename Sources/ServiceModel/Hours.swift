// The opening hours of a service: `hours = ["Mon-Fri 08:00-18:00", "Sat 10:00-12:00"]`. Minutes of the week, without
// dates. The text is in Hours+Text.swift.
// Promises that a query allocates no memory, and that the ranges are sorted, apart from each other and not empty.

/// A set of minutes of the week.
package struct Hours: Hashable, Sendable {
    /// Ranges of ``WeekMinute/number``. A time over the end of the week is two ranges.
    package private(set) var ranges: [Range<Int>] = []

    /// Never open.
    package init() {}

    /// Always open.
    package static let always: Hours = {
        var hours = Hours()
        hours.insert(WeekMinute(.monday, minute: 0), minutes: WeekMinute.count)
        return hours
    }()

    /// Adds a time of so many minutes; after the end of the week it goes on at the beginning.
    package mutating func insert(_ start: WeekMinute, minutes: Int) {
        guard minutes > 0 else { return }
        guard minutes < WeekMinute.count else {
            ranges = [0..<WeekMinute.count]
            return
        }
        let end = start.number + minutes
        add(start.number..<min(end, WeekMinute.count))
        if end > WeekMinute.count { add(0..<end - WeekMinute.count) }
    }

    /// Adds the ranges of the other.
    package mutating func formUnion(_ other: Hours) {
        for range in other.ranges { add(range) }
    }

    package func contains(_ minute: WeekMinute) -> Bool {
        ranges.contains { $0.contains(minute.number) }
    }

    private mutating func add(_ range: Range<Int>) {
        let touching = ranges.filter { $0.lowerBound <= range.upperBound && range.lowerBound <= $0.upperBound }
        let lower = touching.map(\.lowerBound).min() ?? range.lowerBound
        let upper = touching.map(\.upperBound).max() ?? range.upperBound
        ranges.removeAll { touching.contains($0) }
        ranges.append(min(lower, range.lowerBound)..<max(upper, range.upperBound))
        ranges.sort { $0.lowerBound < $1.lowerBound }
    }
}
