// Reads durations, sizes, rates and octal numbers as a file spells them: `"30s"`, `"64M"`, `"30/min"`, `"022"`.
// Promises that any text is a value or an error; a number that does not fit is an error.

import ServiceModel
internal import Tables

/// Why a text is not a quantity.
enum QuantityError: Error, Hashable, CustomStringConvertible {
    case notADuration(String)
    case noUnit(String)
    case durationTooLong(String)
    case notASize(String)
    case sizeTooLarge(String)
    case notOctal(String, most: UInt32)
    case notARate(String)
    case rateOutOfRange(String)

    var description: String {
        switch self {
        case .notADuration(let text):
            "\(quoted(text)) is not a duration; expected a whole number and a unit (ms, s, min, h, d), like \"30s\""
        case .noUnit(let text):
            "\(quoted(text)) has no unit; expected a duration like \"30s\" (ms, s, min, h, d)"
        case .durationTooLong(let text):
            "\(quoted(text)) is too long; expected \(longestDurationInDays)d at most"
        case .notASize(let text):
            "\(quoted(text)) is not a size; expected a whole number of bytes, or of K, M, G or T, like \"64M\""
        case .sizeTooLarge(let text):
            "\(quoted(text)) is too large; expected less than 8388608T"
        case .notARate(let text):
            "\(quoted(text)) is not a rate; expected a number of times and a time, like \"30/min\" or \"5/10s\""
        case .rateOutOfRange(let text):
            "\(quoted(text)) is outside of what can be counted; expected 1 to \(Rate.mostCount) times in 1ms to 1d"
        case .notOctal(let text, let most):
            "\(quoted(text)) is not an octal number; expected digits 0 to 7 up to \(String(most, radix: 8)), like "
                + "\"022\""
        }
    }
}

/// Nanoseconds in 64 bits can hold this duration and every shorter one.
private let longestDurationInDays: UInt64 = 36500

/// Reads one number with one unit: ms, s, min, h or d.
func readDuration(_ text: String) throws(QuantityError) -> Duration {
    let (digits, unit) = splitNumber(text)
    guard !digits.isEmpty else { throw .notADuration(text) }
    let milliseconds: UInt64
    switch unit {
    case "ms": milliseconds = 1
    case "s": milliseconds = 1000
    case "min": milliseconds = 60_000
    case "h": milliseconds = 3_600_000
    case "d": milliseconds = 86_400_000
    case "": throw .noUnit(text)
    default: throw .notADuration(text)
    }
    guard let total = product(of: digits, milliseconds), total <= longestDurationInDays * 86_400_000 else {
        throw .durationTooLong(text)
    }
    return .milliseconds(total)
}

/// Reads a number of bytes, or of K, M, G or T. Each unit is 1024 times the one before.
func readSize(_ text: String) throws(QuantityError) -> Bytes {
    let (digits, unit) = splitNumber(text)
    guard !digits.isEmpty else { throw .notASize(text) }
    let bytes: UInt64
    switch unit {
    case "": bytes = 1
    case "K": bytes = 1 << 10
    case "M": bytes = 1 << 20
    case "G": bytes = 1 << 30
    case "T": bytes = 1 << 40
    default: throw .notASize(text)
    }
    // At most half of the range: the kernel spells "no limit" as the largest number of all.
    guard let total = product(of: digits, bytes), total <= UInt64(Int64.max) else { throw .sizeTooLarge(text) }
    return Bytes(total)
}

/// Reads `TIMES/TIME`. The time is a unit alone (`30/min`) or a duration (`5/10s`).
func readRate(_ text: String) throws(QuantityError) -> Rate {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2, let count = Int64(parts[0]), "\(count)" == parts[0], let first = parts[1].utf8.first else {
        throw .notARate(text)
    }
    let hasNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first)
    let time: Duration
    do {
        time = try readDuration((hasNumber ? "" : "1") + parts[1])
    } catch {
        throw .notARate(text)
    }
    let nanoseconds = time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
    guard let rate = Rate(count: count, period: nanoseconds) else { throw .rateOutOfRange(text) }
    return rate
}

/// Reads octal digits, as chmod(1) takes them.
func readOctal(_ text: String, atMost most: UInt32) throws(QuantityError) -> UInt32 {
    guard !text.isEmpty, text.utf8.count <= 5, text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "7")) ~= $0 }),
        let value = UInt32(text, radix: 8), value <= most
    else { throw .notOctal(text, most: most) }
    return value
}

/// The digits at the start, and the rest. A text with other than ASCII characters has neither: Unicode treats some of
/// them as equal to a unit.
private func splitNumber(_ text: String) -> (digits: Substring, unit: Substring) {
    guard text.utf8.allSatisfy({ $0 < 0x80 }) else { return ("", "") }
    let digits = text.prefix { ("0"..."9") ~= $0 }
    return (digits, text[digits.endIndex...])
}

/// The product; nil when it does not fit.
private func product(of digits: Substring, _ factor: UInt64) -> UInt64? {
    guard let number = UInt64(digits) else { return nil }
    let (total, isOverflow) = number.multipliedReportingOverflow(by: factor)
    return isOverflow ? nil : total
}

extension Duration {
    /// A duration as a file spells it; nil when it is none.
    package init?(spelling text: String) {
        do {
            self = try readDuration(text)
        } catch {
            return nil
        }
    }
}
