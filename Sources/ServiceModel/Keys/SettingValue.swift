// The value of a setting, whatever its type: what travels to the supervisor, and what `explain` shows.
// A form (Form.swift) says what the value means and how a file spells it.

/// A value without its type.
package enum SettingValue: Hashable, Sendable {
    /// There is no value: the file says nothing, and the setting has no default.
    case none
    case flag(Bool)
    /// A count, or a duration in nanoseconds, a size in bytes, a load in hundredths, an account's number, octal digits.
    case number(Int64)
    case text(String)
    case list([SettingValue])

    /// What a setting without a limit has in the place of a number.
    package static let unlimited = SettingValue.text("unlimited")
}

/// A type whose values can be those of a setting.
package protocol Setting: Hashable, Sendable {
    var setting: SettingValue { get }

    /// nil when the value is none of this type.
    init?(setting: SettingValue)
}

extension SettingValue {
    /// The value as one of a type; nil when it is none.
    package func value<Value: Setting>(as type: Value.Type = Value.self) -> Value? { Value(setting: self) }

    package var number: Int64? { if case .number(let number) = self { number } else { nil } }
    package var text: String? { if case .text(let text) = self { text } else { nil } }
    package var list: [SettingValue]? { if case .list(let list) = self { list } else { nil } }
    package var flag: Bool? { if case .flag(let flag) = self { flag } else { nil } }
}
