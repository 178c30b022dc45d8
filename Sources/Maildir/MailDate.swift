// A date in the form of mail: `Sat, 21 Nov 2026 11:08:21 +0000`. It is always in UTC, with that offset.
// Source: RFC 5322 3.3; the arithmetic is that of the proleptic Gregorian calendar, with years that begin on 1 March.
public import HandlerKit

/// A point in time, in seconds.
public struct MailDate: Sendable {
    private let seconds: Int64

    /// The current time.
    public init() {
        seconds = Int64(WallClock.secondsSince1970)
    }

    /// - Parameter seconds: since 1970 without leap seconds.
    init(seconds: Int64) {
        self.seconds = seconds
    }

    /// Appends the date to a text: 31 bytes, for years of four digits.
    public func append(to text: inout ShortText) {
        let (days, time) = seconds.floorDivided(by: 86400)
        // Days since 1 March of year 0; an era has 400 years.
        let (era, dayOfEra) = (days + 719_468).floorDivided(by: 146_097)
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153  // 0 is March
        let day = dayOfYear - (153 * month + 2) / 5 + 1
        let year = era * 400 + yearOfEra + (month >= 10 ? 1 : 0)

        text.append(name: days.floorDivided(by: 7).rest, of: "ThuFriSatSunMonTueWed")
        text.append(", ")
        text.append(twoDigits: day)
        text.append(" ")
        text.append(name: month, of: "MarAprMayJunJulAugSepOctNovDecJanFeb")
        text.append(" ")
        text.append(Int(year))
        text.append(" ")
        text.append(twoDigits: time / 3600)
        text.append(":")
        text.append(twoDigits: time / 60 % 60)
        text.append(":")
        text.append(twoDigits: time % 60)
        text.append(" +0000")
    }
}

extension Int64 {
    /// The quotient, rounded towards minus infinity, and the rest, which is never negative.
    fileprivate func floorDivided(by divisor: Int64) -> (quotient: Int64, rest: Int64) {
        let rest = (self % divisor + divisor) % divisor
        return ((self - rest) / divisor, rest)
    }
}

extension ShortText {
    /// Appends the three letters with this number in a list.
    fileprivate mutating func append(name index: Int64, of list: StaticBytes) {
        let letters = list.bytes
        for offset in 0..<3 { append(byte: letters[3 * Int(index) + offset]) }
    }

    fileprivate mutating func append(twoDigits number: Int64) {
        append(byte: 0x30 + UInt8(number / 10))
        append(byte: 0x30 + UInt8(number % 10))
    }
}
