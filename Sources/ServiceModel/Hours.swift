// When a service is open: `hours = ["Mon-Fri 08:00-18:00", "Sat 10:00-12:00"]`. Minutes of the week, and nothing of dates.
// Its text is in Hours+Text.swift.
// Promises that asking allocates nothing, and that its ranges are sorted, apart, and none is empty.

/// A set of minutes of the week.
package struct Hours: Hashable, Sendable {
    /// Of `WeekMinute.number`. What goes on over the end of the week is two.
    package private(set) var ranges: [Range<Int>] = []

    /// Never open.
    package init() {}

    /// Always open.
    package static let always: Hours = {
        var hours = Hours()
        hours.insert(WeekMinute(.monday, minute: 0), minutes: WeekMinute.count)
        return hours
    }()

    /// Opens for so many minutes; over the end of the week it goes on at its beginning.
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

    /// Opens whenever the other does.
    package mutating func formUnion(_ other: Hours) {
        for range in other.ranges { add(range) }
    }

    package func contains(_ minute: WeekMinute) -> Bool {
        ranges.contains { $0.contains(minute.number) }
    }

    /// Minutes until this changes from open to closed or back; nil: it never does. For `explain`.
    package func minutesUntilChange(from minute: WeekMinute) -> Int? {
        guard !ranges.isEmpty, ranges != [0..<WeekMinute.count] else { return nil }
        // Where one range ends and the next begins at the turn of the week, nothing changes.
        let edges = ranges.flatMap { [$0.lowerBound, $0.upperBound % WeekMinute.count] }
        let changes = edges.filter { edge in edges.filter { $0 == edge }.count == 1 }
        return changes.map { edge in
            let distance = edge - minute.number
            return distance > 0 ? distance : distance + WeekMinute.count
        }.min()
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
