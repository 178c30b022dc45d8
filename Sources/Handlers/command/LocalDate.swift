// Dates in the forms of date(1) and who(1), in English for every locale.
internal import CHandler
import HandlerKit

/// A date and a time in the zone of the service.
struct LocalDate {
    private var fields = chandler_date()

    /// - Parameter seconds: since 1970, UTC.
    init(seconds: Int64) {
        // Sound: the call fills the structure.
        unsafe chandler_local_date(seconds, &fields)
    }

    /// The current time.
    static var now: LocalDate { LocalDate(seconds: chandler_wall_clock_seconds()) }

    /// Appends `Mon Mar 12 19:20:10 PST 2001`: the form of ctime(3) with a zone, as date(1) prints it.
    func appendFull(to text: inout ShortText) {
        text.append(name: Int(fields.weekday), in: "SunMonTueWedThuFriSat")
        text.append(" ")
        appendDay(to: &text)
        text.append(":")
        text.append(twoDigits: fields.second)
        text.append(" ")
        appendZone(to: &text)
        text.append(" ")
        text.append(Int(fields.year))
    }

    /// Appends `Mar 12 19:20`.
    func appendDay(to text: inout ShortText) {
        text.append(name: Int(fields.month), in: "JanFebMarAprMayJunJulAugSepOctNovDec")
        text.append(fields.day < 10 ? "  " : " ")
        text.append(Int(fields.day))
        text.append(" ")
        text.append(twoDigits: fields.hour)
        text.append(":")
        text.append(twoDigits: fields.minute)
    }

    private func appendZone(to text: inout ShortText) {
        // Sound: the tuple has only bytes, which are copied one by one up to the NUL.
        unsafe withUnsafeBytes(of: fields.zone) { zone in
            var index = 0
            while index < zone.count, unsafe zone[index] != 0 {
                text.append(byte: unsafe zone[index])
                index += 1
            }
        }
    }
}

extension ShortText {
    fileprivate mutating func append(twoDigits number: Int32) {
        if number < 10 { append("0") }
        append(Int(number))
    }

    /// Appends the three letters with this number in a list, from 0.
    fileprivate mutating func append(name number: Int, in names: StaticBytes) {
        for index in 0..<3 { append(byte: names.bytes[3 * number + index]) }
    }
}
