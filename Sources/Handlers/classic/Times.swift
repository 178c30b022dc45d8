// The two protocols that send the time.
internal import CHandler
import HandlerKit

/// The time as a line: `2026-11-21 11:05:50 UTC`. The zone is that of the variable TZ, or that of /etc/localtime if
/// that can be read, or else UTC, as in a sandbox that grants neither. Source: RFC 867, which leaves the form open.
func daytime(secondsSince1970 seconds: Int64) -> ShortText {
    var date = chandler_date()
    // Sound: the call fills the structure.
    unsafe chandler_local_date(seconds, &date)
    var text = ShortText()
    text.append(Int(date.year))
    text.append("-", twoDigits: date.month + 1)
    text.append("-", twoDigits: date.day)
    text.append(" ", twoDigits: date.hour)
    text.append(":", twoDigits: date.minute)
    text.append(":", twoDigits: date.second)
    text.append(" ")
    // Sound: the tuple has only bytes, which are read one by one up to the NUL.
    unsafe withUnsafeBytes(of: date.zone) { zone in
        for index in 0..<zone.count {
            let byte = unsafe zone[index]
            if byte == 0 { break }
            text.append(byte: byte)
        }
    }
    text.append("\r\n")
    return text
}

/// The time as four bytes, the most significant first: the seconds since 1900, UTC, modulo 2^32. On 7 February 2036,
/// 06:28:16 UTC, they begin at 0 again. Source: RFC 868.
func time(secondsSince1970 seconds: Int64) -> ShortText {
    let secondsSince1900 = UInt32(truncatingIfNeeded: seconds + 2_208_988_800)
    var text = ShortText()
    for shift: UInt32 in [24, 16, 8, 0] { text.append(byte: UInt8(truncatingIfNeeded: secondsSince1900 >> shift)) }
    return text
}

extension ShortText {
    fileprivate mutating func append(_ separator: StaticBytes, twoDigits number: Int32) {
        append(separator)
        if number < 10 { append("0") }
        append(Int(number))
    }
}
