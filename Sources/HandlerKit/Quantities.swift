// Times and sizes in the arguments of a handler, spelled as in a service file (doorward-service(5)).

extension StaticBytes {
    /// The time that these bytes spell: a whole number with `ms`, `s`, `min` or `h`, at most a hundred years. Otherwise
    /// nil.
    var duration: Duration? {
        guard let (number, unit) = numberAndUnit, number < 1 << 41 else { return nil }
        let milliseconds: Int
        if unit == "ms" {
            milliseconds = number
        } else if unit == "s" {
            milliseconds = number * 1000
        } else if unit == "min" {
            milliseconds = number * 60_000
        } else if unit == "h" {
            milliseconds = number * 3_600_000
        } else {
            return nil
        }
        return milliseconds <= 100 * 366 * 86_400_000 ? .milliseconds(milliseconds) : nil
    }

    /// The number of bytes that these bytes spell: a whole number, perhaps with `K`, `M` or `G`, each 1024 times the
    /// one before. Otherwise nil.
    var size: Int? {
        guard let (number, unit) = numberAndUnit, number < 1 << 32 else { return nil }
        if unit.count == 0 { return number }
        if unit == "K" { return number << 10 }
        if unit == "M" { return number << 20 }
        return unit == "G" ? number << 30 : nil
    }

    private var numberAndUnit: (Int, StaticBytes)? {
        var count = 0
        while count < self.count, bytes[count].isDigit { count += 1 }
        return bytes.extracting(0..<count).decimalNumber.map { ($0, dropFirst(count)) }
    }
}

extension Optional where Wrapped: Comparable {
    /// The value, or nil if it is not in this range.
    func within(_ range: ClosedRange<Wrapped>) -> Wrapped? {
        guard let value = self, range.contains(value) else { return nil }
        return value
    }
}

extension ShortText {
    /// Appends a time as options spell it: in seconds, or in milliseconds if it is not a whole number of seconds.
    mutating func append(_ duration: Duration) {
        let milliseconds = Int(duration.clampedNanoseconds / 1_000_000)
        if milliseconds % 1000 == 0 {
            append(milliseconds / 1000)
            append("s")
        } else {
            append(milliseconds)
            append("ms")
        }
    }
}
