// Converts the parts of a service to settings and back. A value with a text form is a text.
package import Addresses

/// A type with one text for each value.
private protocol TextSetting: Setting, CustomStringConvertible {
    init?(_ text: String)
}

extension TextSetting {
    package var setting: SettingValue { .text(description) }
    package init?(setting: SettingValue) {
        guard let text = setting.text else { return nil }
        self.init(text)
    }
}

extension ListenAddress: TextSetting {}
extension NameServer: TextSetting {}

extension IPPrefix: Setting {
    package var setting: SettingValue { .text(description) }
    package init?(setting: SettingValue) {
        guard let text = setting.text else { return nil }
        do throws(IPPrefixError) {
            try self.init(text)
        } catch {
            return nil
        }
    }
}

extension DNSBLRule: Setting {
    package var setting: SettingValue { .text(description) }
    package init?(setting: SettingValue) {
        guard let text = setting.text else { return nil }
        do throws(RuleTextError) {
            try self.init(text)
        } catch {
            return nil
        }
    }
}

/// The text of an action in a rule.
extension RefusalAction: Setting {
    package var setting: SettingValue { .text(configText) }
    package init?(setting: SettingValue) {
        guard let text = setting.text else { return nil }
        do throws(RuleTextError) {
            try self.init(ofRule: Array(text.utf8)[...])
        } catch {
            return nil
        }
    }
}

extension RefusalAction.Word: Setting {}
extension Service.StandardError: Setting {}
extension AdmissionSettings.Start: Setting {}
extension SocketFamily: Setting {}
extension SeccompMode: Setting {}
extension LandlockMode: Setting {}

/// `+name` or `-name`.
extension SystemCallChange: Setting {
    package var setting: SettingValue { .text((effect == .allow ? "+" : "-") + name) }
    package init?(setting: SettingValue) {
        guard let text = setting.text, let sign = text.utf8.first, sign == 0x2b || sign == 0x2d else { return nil }
        self.init(sign == 0x2b ? .allow : .refuse, String(decoding: text.utf8.dropFirst(), as: UTF8.self))
    }
}

/// Minutes of the week: the start and the end of each range.
extension Hours: Setting {
    package var setting: SettingValue {
        .list(ranges.flatMap { [$0.lowerBound.setting, $0.upperBound.setting] })
    }
    package init?(setting: SettingValue) {
        guard let edges = [Int](setting: setting), edges.count.isMultiple(of: 2) else { return nil }
        self.init()
        for index in stride(from: 0, to: edges.count, by: 2) {
            guard (0..<WeekMinute.count).contains(edges[index]), edges[index] < edges[index + 1],
                edges[index + 1] <= WeekMinute.count
            else { return nil }
            insert(WeekMinute(number: edges[index]), minutes: edges[index + 1] - edges[index])
        }
    }
}

/// The path, then the arguments.
extension HandlerCommand: Setting {
    package var setting: SettingValue { .list(([path] + arguments).map(\.setting)) }
    package init?(setting: SettingValue) {
        guard let texts = [String](setting: setting), let path = texts.first else { return nil }
        self.init(path: path, arguments: Array(texts.dropFirst()))
    }
}

extension EnvironmentVariable: Setting {
    package var setting: SettingValue { .list([name.setting, value.setting]) }
    package init?(setting: SettingValue) {
        guard let texts = [String](setting: setting), texts.count == 2 else { return nil }
        self.init(name: texts[0], value: texts[1])
    }
}

/// `dynamic`, `root`, or an account's name and number.
extension Identity.User: Setting {
    package var setting: SettingValue {
        switch self {
        case .dynamic: .text("dynamic")
        case .root: .text("root")
        case .account(let name, let uid): .list([name.setting, uid.setting])
        }
    }
    package init?(setting: SettingValue) {
        switch setting {
        case .text("dynamic"): self = .dynamic
        case .text("root"): self = .root
        case .list(let parts):
            guard parts.count == 2, let name = parts[0].text, let uid = UInt32(setting: parts[1]) else { return nil }
            self = .account(name: name, uid: uid)
        default: return nil
        }
    }
}

extension AccessRule.Subject: Setting {
    package var setting: SettingValue {
        switch self {
        case .all: .text("all")
        case .unix: .text("unix")
        case .prefix(let prefix): prefix.setting
        }
    }
    package init?(setting: SettingValue) {
        switch setting {
        case .text("all"): self = .all
        case .text("unix"): self = .unix
        default:
            guard let prefix = IPPrefix(setting: setting) else { return nil }
            self = .prefix(prefix)
        }
    }
}

extension SourcePosition: Setting {
    package var setting: SettingValue { .list([file.setting, line.setting, column.setting]) }
    package init?(setting: SettingValue) {
        guard let parts = setting.list, parts.count == 3, let file = parts[0].text, let line = Int(setting: parts[1]),
            let column = Int(setting: parts[2])
        else { return nil }
        self.init(file: file, line: line, column: column)
    }
}

/// Whether it allows, the subject, the variables, the handler, the action of a refusal, the place.
extension AccessRule: Setting {
    package var setting: SettingValue {
        .list([
            (verdict == .allow).setting, subject.setting, environment.setting, handler.setting, refusal.setting,
            position.setting,
        ])
    }
    package init?(setting: SettingValue) {
        guard let parts = setting.list, parts.count == 6, let isAllow = parts[0].flag,
            let subject = Subject(setting: parts[1]), let environment = [EnvironmentVariable](setting: parts[2]),
            let handler = HandlerCommand?(setting: parts[3]), let refusal = RefusalAction?(setting: parts[4]),
            let position = SourcePosition(setting: parts[5])
        else { return nil }
        self.init(
            verdict: isAllow ? .allow : .deny, subject: subject, environment: environment, handler: handler,
            refusal: refusal, position: position)
    }
}
