// Reads a value by its form. Each form has one reader and messages of its own, whatever key has it.

import Addresses
import ServiceModel

extension Reading {
    /// Reads the value of an entry; nil with a fault.
    mutating func value(of entry: TOMLEntry, by form: Form) -> SettingValue? {
        switch form {
        case .flag: boolean(entry)?.setting
        case .count(let range): integer(entry, in: range)?.setting
        case .decimal(let range): hundredths(entry, in: range)?.setting
        case .duration(let least): duration(entry, least, orUnlimited: false)?.setting
        case .size(let least): size(entry, least)?.setting
        case .rate: rate(entry)?.setting
        case .octal(let most): octal(entry, atMost: most)?.setting
        case .choice(let words): choice(entry, of: words)?.setting
        case .path: path(entry, from: directory)?.setting
        case .absolutePath: absolutePath(entry)?.setting
        case .user: owner(entry)?.setting
        case .group: group(entry.value, of: entry.key)?.setting
        case .groups: groups(entry)?.setting
        case .prefixes(let example): prefixes(entry, notEmpty: example)?.setting
        case .nameServers: nameServers(entry)?.setting
        case .paths: filePaths(entry)?.setting
        case .program: command(entry.value, of: entry.key, expected: Self.handlerForms)?.setting
        case .programs(let most, let name): programs(entry, most: most, called: name)?.setting
        case .orUnlimited(let form): unlimited(entry) ?? valueOrUnlimited(of: entry, by: form)
        case .own(let form): value(of: entry, by: form)
        }
    }

    private func unlimited(_ entry: TOMLEntry) -> SettingValue? {
        if case .string("unlimited") = entry.value.content { .unlimited } else { nil }
    }

    /// Reads a value of a key that takes `"unlimited"` too, which the messages say.
    private mutating func valueOrUnlimited(of entry: TOMLEntry, by form: Form) -> SettingValue? {
        switch (form, entry.value.content) {
        case (.count(let range), .string(let text)):
            fault(
                entry.value.position,
                "\(quoted(entry.key)) is the string \(quoted(text)); expected an integer from \(range.lowerBound) to "
                    + "\(range.upperBound) without quotes, or \"unlimited\"")
            return nil
        case (.duration(let least), _): return duration(entry, least, orUnlimited: true)?.setting
        default: return value(of: entry, by: form)
        }
    }

    private mutating func duration(
        _ entry: TOMLEntry, _ least: Form.LeastDuration, orUnlimited: Bool
    ) -> Duration? {
        guard let time = duration(entry) else { return nil }
        let problem: String? =
            switch least {
            case .any: nil
            case .moreThanZero:
                time > .zero ? nil : "is no time at all; expected more" + (orUnlimited ? ", or \"unlimited\"" : "")
            case .second:
                time >= .seconds(1)
                    ? nil : "is too short; expected \"1s\" or more" + (orUnlimited ? ", or \"unlimited\"" : "")
            case .wholeSeconds:
                time >= .seconds(1) && time.components.attoseconds == 0
                    ? nil
                    : "is not whole seconds; expected a duration from \"1s\" on"
                        + (orUnlimited ? ", or \"unlimited\"" : "")
            }
        guard let problem else { return time }
        fault(entry.value.position, "\(quoted(entry.key)) \(problem)")
        return nil
    }

    private mutating func size(_ entry: TOMLEntry, _ least: Form.LeastSize) -> Bytes? {
        guard let size = size(entry) else { return nil }
        guard least == .any || size.count > 0 else {
            fault(entry.value.position, "\(quoted(entry.key)) is no memory at all; expected more, or \"unlimited\"")
            return nil
        }
        return size
    }

    private mutating func choice(_ entry: TOMLEntry, of words: [String]) -> String? {
        let expected = "one of " + words.map { "\"\($0)\"" }.joined(separator: ", ")
        guard let text = string(entry, expected: expected) else { return nil }
        guard words.contains(text) else {
            fault(entry.value.position, "\(quoted(entry.key)) is \(quoted(text)); expected \(expected)")
            return nil
        }
        return text
    }

    private mutating func hundredths(_ entry: TOMLEntry, in range: ClosedRange<Int>) -> Int? {
        let number: Double
        switch entry.value.content {
        case .integer(let value): number = Double(value)
        case .float(let value): number = value
        default:
            wrongType(entry, expected: "a number like 2.5")
            return nil
        }
        guard (Double(range.lowerBound) / 100...Double(range.upperBound) / 100).contains(number) else {
            fault(entry.value.position, "\(quoted(entry.key)) is \(number); expected 0.01 to 10000")
            return nil
        }
        return Int((number * 100).rounded())
    }

    private mutating func groups(_ entry: TOMLEntry) -> [UInt32]? {
        guard case .list(let elements) = entry.value.content else {
            wrongType(entry, expected: "a list of groups like [\"mail\", 8]")
            return nil
        }
        return elements.compactMap { group($0, of: entry.key) }
    }

    private mutating func prefixes(_ entry: TOMLEntry, notEmpty example: String?) -> [IPPrefix]? {
        guard let prefixes = prefixes(entry) else { return nil }
        if let example, case .list(let elements) = entry.value.content, elements.isEmpty {
            fault(
                entry.value.position,
                "\(quoted(entry.key)) is empty; expected \(example), like [\"10.0.0.0/8\"]")
            return nil
        }
        return prefixes
    }
}
