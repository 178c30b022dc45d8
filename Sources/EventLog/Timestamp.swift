// The time of a line: RFC 3339 in UTC with milliseconds. Computed here, because libc's functions for it read files.
package import Text

extension ByteText {
    /// Appends `2026-11-21T04:35:28.123Z`.
    ///
    /// - Parameter nanoseconds: since 1970 in UTC; an earlier time counts as 1970.
    /// Source: RFC 3339 5.6.
    package mutating func append(timestamp nanoseconds: Int64) {
        let milliseconds = max(nanoseconds, 0) / 1_000_000
        let seconds = Int(milliseconds / 1000)
        let (year, month, day) = civilDate(daysSince1970: seconds / 86400)
        append(decimal: year, width: 4)
        append(UInt8(ascii: "-"))
        append(decimal: month, width: 2)
        append(UInt8(ascii: "-"))
        append(decimal: day, width: 2)
        append(UInt8(ascii: "T"))
        append(decimal: seconds / 3600 % 24, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: seconds / 60 % 60, width: 2)
        append(UInt8(ascii: ":"))
        append(decimal: seconds % 60, width: 2)
        append(UInt8(ascii: "."))
        append(decimal: Int(milliseconds % 1000), width: 3)
        append(UInt8(ascii: "Z"))
    }
}

/// The Gregorian date of a day. Counts years from March, so that the leap day is a year's last; 400 years have 146 097
/// days, and the months from March on have 153 days in every five.
private func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let sinceMarchOfYear0 = days + 719_468
    let era = sinceMarchOfYear0 / 146_097
    let dayOfEra = sinceMarchOfYear0 % 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let monthFromMarch = (5 * dayOfYear + 2) / 153
    let day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
    let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
    return (era * 400 + yearOfEra + (month <= 2 ? 1 : 0), month, day)
}
