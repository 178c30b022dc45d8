// Writes a value as a file spells it, and as `explain` shows it.
internal import Tables
internal import Text

extension Form {
    /// The value in TOML 1.0.
    package func spelled(_ value: SettingValue) -> String {
        switch (self, value) {
        case (.orUnlimited(let form), .number), (.orUnlimited(let form), .list): form.spelled(value)
        case (_, .none): "\"\""
        case (_, .flag(let flag)): "\(flag)"
        case (_, .text(let text)): "\"\(Escaping.toml.text(text))\""
        case (.rate, .list): "\"\(shown(value))\""
        case (_, .list(let elements)): "[\(elements.map { spelled($0) }.joined(separator: ", "))]"
        case (.duration, .number), (.octal, .number): "\"\(shown(value))\""
        case (.size, .number(let bytes)), (.own(.privateTemporary), .number(let bytes)): "\"\(sizeText(bytes))\""
        case (_, .number): shown(value)
        }
    }

    /// The value for people: without quotes, a size in bytes.
    package func shown(_ value: SettingValue) -> String {
        switch (self, value) {
        case (.orUnlimited(let form), .number), (.orUnlimited(let form), .list): form.shown(value)
        case (_, .none): "none"
        case (_, .flag(let flag)): "\(flag)"
        case (_, .text(let text)): text
        case (.duration, .number(let nanoseconds)): durationText(nanoseconds)
        case (.octal, .number(let number)): octalText(number)
        case (.decimal, .number(let hundredths)): decimalText(hundredths)
        case (_, .number(let number)): "\(number)"
        case (.rate, .list): Rate(setting: value).map { rateText($0) } ?? ""
        case (.own(.hours), .list): Hours(setting: value).map { "\($0)" } ?? ""
        case (.program, .list): HandlerCommand(setting: value)?.shown ?? ""
        case (_, .list(let elements)) where elements.isEmpty: "none"
        case (.programs, .list(let programs)): programs.map { Form.program.shown($0) }.joined(separator: ", ")
        case (_, .list(let elements)): elements.map { shown($0) }.joined(separator: " ")
        }
    }
}

extension HandlerCommand {
    /// The path and the arguments after argv[0].
    package var shown: String { ([path] + arguments.dropFirst()).joined(separator: " ") }
}

/// With the largest unit that divides it: `90s`, `1h`.
private func durationText(_ nanoseconds: Int64) -> String {
    let milliseconds = nanoseconds / 1_000_000
    if milliseconds == 0 { return "0s" }
    let units: [(Int64, String)] = [(86_400_000, "d"), (3_600_000, "h"), (60_000, "min"), (1000, "s"), (1, "ms")]
    let unit = units.first { milliseconds % $0.0 == 0 } ?? (1, "ms")
    return "\(milliseconds / unit.0)\(unit.1)"
}

/// With the largest unit that divides it: `64M`.
private func sizeText(_ bytes: Int64) -> String {
    let units: [(Int64, String)] = [(40, "T"), (30, "G"), (20, "M"), (10, "K")].map { (1 << $0.0, $0.1) }
    guard bytes > 0, let unit = units.first(where: { bytes % $0.0 == 0 }) else { return "\(bytes)" }
    return "\(bytes / unit.0)\(unit.1)"
}

/// At least three digits: `022`.
private func octalText(_ number: Int64) -> String {
    let digits = String(number, radix: 8)
    return String(repeating: "0", count: max(3 - digits.utf8.count, 0)) + digits
}

private func decimalText(_ hundredths: Int64) -> String {
    "\(hundredths / 100).\(hundredths % 100 / 10)\(hundredths % 10)"
}

/// `30/min`, `5/10s`. The burst is a key of its own.
private func rateText(_ rate: Rate) -> String {
    let period = durationText(rate.period)
    let isOne = period.prefix { $0.isNumber } == "1"
    return "\(rate.count)/\(isOne ? String(period.dropFirst()) : period)"
}
