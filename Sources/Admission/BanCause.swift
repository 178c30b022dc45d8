// The reason of a ban. Every ban has one, and the log, `blocked` and the state file show it as the same word.
// Promises a text of one word, printable ASCII, at most `longestText` bytes, that reads back as the same cause.
package import ServiceModel
internal import Text

/// The reason of a ban.
package enum BanCause: Hashable, Sendable {
    /// The administrator's command `doorward block`. The reason may be empty, and is cut if it is too long.
    case command(reason: String)
    /// The source connected to a service that has no legitimate clients (`sensor`).
    case sensor(service: String)
    /// The source's connections to a service ended badly or were refused too often (`[penalties]`); `last` is the
    /// latest such event.
    case penalties(service: String, last: Penalties.Cause)
}

extension BanCause {
    /// The service whose gate has found a reason; nil: a command.
    var service: String? {
        switch self {
        case .command: nil
        case .sensor(let service), .penalties(let service, _): service
        }
    }

    /// In bytes.
    package static let longestText = 128
    /// In bytes, after escaping.
    private static let longestReason = 96

    /// `command`, `command:REASON`, `sensor:SERVICE`, `penalties:SERVICE:CAUSE`. Bytes outside 0x21-0x7e, `%` and `:`
    /// are written as `%XX`.
    package var text: String {
        switch self {
        case .command(""): "command"
        case .command(let reason): "command:" + BanCause.escape(reason)
        case .sensor(let service): "sensor:" + BanCause.escape(service)
        case .penalties(let service, let last): "penalties:" + BanCause.escape(service) + ":" + last.rawValue
        }
    }

    /// nil if the text is not one that ``text`` can give.
    package init?(text: some StringProtocol) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard text.utf8.count <= BanCause.longestText,
            let subject = BanCause.unescape(parts.count > 1 ? parts[1] : "")
        else { return nil }
        switch (parts[0], parts.count) {
        case ("command", 1), ("command", 2): self = .command(reason: subject)
        case ("sensor", 2): self = .sensor(service: subject)
        case ("penalties", 3):
            guard let last = Penalties.Cause(rawValue: String(parts[2])) else { return nil }
            self = .penalties(service: subject, last: last)
        default: return nil
        }
    }

    private static let digits = Array("0123456789ABCDEF".utf8)

    /// Escapes whole characters, as many as fit.
    private static func escape(_ text: String) -> String {
        var result = ""
        for character in text.unicodeScalars {
            let escaped = Escaping.word.text(character)
            guard result.utf8.count + escaped.utf8.count <= longestReason else { break }
            result += escaped
        }
        return result
    }

    private static func unescape(_ text: some StringProtocol) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                guard (0x21...0x7e).contains(byte) else { return nil }
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap({ digits.firstIndex(of: $0) }),
                let low = rest.popFirst().flatMap({ digits.firstIndex(of: $0) })
            else { return nil }
            bytes.append(UInt8(high << 4 | low))
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
