// The value of a setting, whatever its type. Values in this form travel to the supervisor, and `explain` shows them.
// A form (Form.swift) gives the value its meaning and its spelling in a file.

/// A value without its type.
package enum SettingValue: Hashable, Sendable {
    /// No value: the file does not set the key, and the key has no default.
    case none
    case flag(Bool)
    /// A count, or a duration in nanoseconds, a size in bytes, a load in hundredths, an account's number, octal digits.
    case number(Int64)
    case text(String)
    case list([SettingValue])

    /// The value of a setting without a limit, in the place of a number.
    package static let unlimited = SettingValue.text("unlimited")
}

/// A type of values that settings can have.
package protocol Setting: Hashable, Sendable {
    var setting: SettingValue { get }

    /// Fails when the setting is not a value of this type.
    init?(setting: SettingValue)
}

extension SettingValue {
    /// The value, converted to a type; nil when it is not of that type.
    package func value<Value: Setting>(as type: Value.Type = Value.self) -> Value? { Value(setting: self) }

    package var number: Int64? { if case .number(let number) = self { number } else { nil } }
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var list: [SettingValue]? { if case .list(let list) = self { list } else { nil } }
    package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}
