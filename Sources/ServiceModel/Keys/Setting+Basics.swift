// Converts numbers, texts and their compositions to settings and back.
package import Tables

extension Bool: Setting {
    package var setting: SettingValue { .flag(self) }
    package init?(setting: SettingValue) {
        guard let flag = setting.flag else { return nil }
        self = flag
    }
}

extension Setting where Self: FixedWidthInteger {
    package var setting: SettingValue { .number(Int64(self)) }
    package init?(setting: SettingValue) {
        guard let number = setting.number, let value = Self(exactly: number) else { return nil }
        self = value
    }
}

extension Int: Setting {}
extension Int32: Setting {}
extension Int64: Setting {}
extension UInt8: Setting {}
extension UInt32: Setting {}

extension String: Setting {
    package var setting: SettingValue { .text(self) }
    package init?(setting: SettingValue) {
        guard let text = setting.text else { return nil }
        self = text
    }
}

/// In whole nanoseconds: every duration of a file fits into 64 bits.
extension Duration: Setting {
    package var setting: SettingValue {
        .number(components.seconds * 1_000_000_000 + components.attoseconds / 1_000_000_000)
    }
    package init?(setting: SettingValue) {
        guard let number = setting.number else { return nil }
        self = .nanoseconds(number)
    }
}

extension Bytes: Setting {
    package var setting: SettingValue { .number(Int64(bitPattern: count)) }
    package init?(setting: SettingValue) {
        guard let number = setting.number else { return nil }
        self.init(UInt64(bitPattern: number))
    }
}

/// The count, the period in nanoseconds, the burst.
extension Rate: Setting {
    package var setting: SettingValue { .list([.number(count), .number(period), .number(burst)]) }
    package init?(setting: SettingValue) {
        guard let list = setting.list, list.count == 3, let count = list[0].number, let period = list[1].number,
            let burst = list[2].number
        else { return nil }
        self.init(count: count, period: period, burst: burst)
    }
}

extension Limit: Setting where Value: Setting {
    package var setting: SettingValue {
        switch self {
        case .unlimited: .unlimited
        case .at(let value): value.setting
        }
    }
    package init?(setting: SettingValue) {
        if setting == .unlimited {
            self = .unlimited
        } else if let value = Value(setting: setting) {
            self = .at(value)
        } else {
            return nil
        }
    }
}

extension Optional: Setting where Wrapped: Setting {
    package var setting: SettingValue {
        switch self {
        case .none: SettingValue.none
        case .some(let value): value.setting
        }
    }
    package init?(setting: SettingValue) {
        if setting == SettingValue.none {
            self = Wrapped?.none
        } else if let value = Wrapped(setting: setting) {
            self = value
        } else {
            return nil
        }
    }
}

extension Array: Setting where Element: Setting {
    package var setting: SettingValue { .list(map(\.setting)) }
    package init?(setting: SettingValue) {
        guard let list = setting.list else { return nil }
        let values = list.compactMap { Element(setting: $0) }
        guard values.count == list.count else { return nil }
        self = values
    }
}

/// One of a few words.
extension Setting where Self: RawRepresentable, RawValue == String {
    package var setting: SettingValue { .text(rawValue) }
    package init?(setting: SettingValue) {
        guard let text = setting.text else { return nil }
        self.init(rawValue: text)
    }
}

/// In the order in which the words are declared.
extension Set: Setting where Element: Setting & CaseIterable {
    package var setting: SettingValue {
        .list(Element.allCases.filter { contains($0) }.map(\.setting))
    }
    package init?(setting: SettingValue) {
        guard let list = [Element](setting: setting) else { return nil }
        self = Set(list)
        guard count == list.count else { return nil }
    }
}
