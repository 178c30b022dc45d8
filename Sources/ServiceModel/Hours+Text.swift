// Hours as a file spells them: `DAYS TIMES`, `DAYS` or `TIMES`.
//   DAYS    days and ranges of days, separated by commas: `Mon-Fri`, `Mon,Wed,Fri`, `Fri-Mon`; without it, every day
//   TIMES   ranges, separated by commas: `08:00-12:00,13:00-18:00`; without it, the whole day
// A range of times that ends before its start goes on into the next day: `Fri 22:00-06:00` ends on Saturday. `24:00` is
// an end. A range from a time to itself is an error: some programs read it as the whole day, others as no time.
// Total and bounded: any text is hours or an error with its place.

/// Why a text is not hours.
package struct HoursError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The place in the text, in bytes from 0.
    package let offset: Int
    package let reason: String

    /// The reason, which says what was expected.
    package var description: String { reason }
}

extension Hours {
    /// In bytes.
    package static let longestText = 256

    /// Reads one text of `hours = [...]`.
    package init(_ text: String) throws(HoursError) {
        var reader = HoursReader(text)
        self = try reader.hours()
    }
}

extension Hours: CustomStringConvertible {
    /// The ranges, each in a form that can be read: `Mon 08:00-18:00; Tue 08:00-18:00`; `never` when there is none.
    package var description: String {
        let texts = ranges.flatMap { range in
            // A range may span several days.
            (range.lowerBound / WeekMinute.perDay...(range.upperBound - 1) / WeekMinute.perDay).map { day in
                let midnight = day * WeekMinute.perDay
                let from = max(range.lowerBound - midnight, 0)
                let to = min(range.upperBound - midnight, WeekMinute.perDay)
                return "\(Weekday.allCases[day].name) \(clock(from))-\(clock(to))"
            }
        }
        return texts.isEmpty ? "never" : texts.joined(separator: "; ")
    }
}

private func clock(_ minute: Int) -> String {
    func digits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(digits(minute / 60)):\(digits(minute % 60))"
}

/// Reads forward through one text.
private struct HoursReader {
    private let text: [UInt8]
    private var position = 0

    private static let example = "expected hours like \"Mon-Fri 08:00-18:00\""

    init(_ text: String) {
        self.text = Array(text.utf8.prefix(Hours.longestText + 1))
    }

    mutating func hours() throws(HoursError) -> Hours {
        guard text.count <= Hours.longestText else {
            throw HoursError(offset: Hours.longestText, reason: "more than \(Hours.longestText) bytes")
        }
        guard !text.isEmpty else { throw fault("nothing is written here") }
        var days = Weekday.allCases
        var times = [0..<WeekMinute.perDay]
        let hasDays = !isDigit(next)
        if hasDays { days = try list { reader throws(HoursError) in try reader.days() }.flatMap { $0 } }
        if !hasDays || take(" ") { times = try list { reader throws(HoursError) in try reader.times() } }
        guard position == text.count else { throw fault("this does not belong here") }
        var hours = Hours()
        for day in days {
            for time in times { hours.insert(WeekMinute(day, minute: time.lowerBound), minutes: time.count) }
        }
        return hours
    }

    /// One or more items, separated by commas.
    private mutating func list<Item>(
        _ read: (inout HoursReader) throws(HoursError) -> Item
    ) throws(HoursError) -> [Item] {
        var items = [try read(&self)]
        while take(",") { items.append(try read(&self)) }
        return items
    }

    /// `Mon` or `Sat-Mon`.
    private mutating func days() throws(HoursError) -> [Weekday] {
        let first = try day()
        let last = take("-") ? try day() : first
        let count = (last.rawValue - first.rawValue + 7) % 7 + 1
        return (0..<count).map { Weekday.allCases[(first.rawValue + $0) % 7] }
    }

    private mutating func day() throws(HoursError) -> Weekday {
        let word = text[position...].prefix { $0 | 0x20 >= UInt8(ascii: "a") && $0 | 0x20 <= UInt8(ascii: "z") }
        let name = String(decoding: word, as: UTF8.self)
        guard let day = Weekday.allCases.first(where: { $0.name.lowercased() == name.lowercased() }) else {
            throw fault("this is not a day of the week (Mon, Tue, Wed, Thu, Fri, Sat, Sun)")
        }
        position += word.count
        return day
    }

    /// `08:00-18:00`. A range with its end before its start ends on the next day.
    private mutating func times() throws(HoursError) -> Range<Int> {
        let start = position
        let from = try time(atMost: WeekMinute.perDay - 1)
        guard take("-") else { throw fault("the end of the time is missing") }
        let to = try time(atMost: WeekMinute.perDay)
        guard from != to else {
            position = start
            throw fault("this ends when it begins; write 00:00-24:00 for the whole day")
        }
        return from..<(to > from ? to : to + WeekMinute.perDay)
    }

    /// `08:00`.
    private mutating func time(atMost limit: Int) throws(HoursError) -> Int {
        let start = position
        if let hour = twoDigits(), take(":"), let minute = twoDigits(), minute < 60, !isDigit(next) {
            let time = hour * 60 + minute
            if time <= limit { return time }
        }
        position = start
        throw fault("this is not a time from 00:00 to \(clock(limit))")
    }

    private mutating func twoDigits() -> Int? {
        guard position + 2 <= text.count, isDigit(text[position]), isDigit(text[position + 1]) else { return nil }
        defer { position += 2 }
        return Int(text[position] - UInt8(ascii: "0")) * 10 + Int(text[position + 1] - UInt8(ascii: "0"))
    }

    private var next: UInt8? { position < text.count ? text[position] : nil }

    private func isDigit(_ byte: UInt8?) -> Bool {
        byte.map { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ?? false
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private func fault(_ what: String) -> HoursError {
        HoursError(offset: position, reason: "\(what); \(HoursReader.example)")
    }
}
