// Whether a line is what its source may say. A gate or a resolver that was taken over writes what it likes; in the log
// it speaks for itself only. Pure.
// Shape of a line: `TIME event=NAME KEY=VALUE...`, where a value has no blank, or stands in quotes and has no quote.
internal import Messages
internal import Text

/// The rule for the lines of one source.
struct LineCheck {
    private let events: Set<String>
    /// ` service=NAME`, with which the fields of a gate's line begin; empty for other sources.
    private let service: [UInt8]
    /// `PID.`, with which the connections of a gate begin; empty for other sources.
    private let connection: [UInt8]
    /// The supervisor is trusted.
    private let isStrict: Bool

    init(_ source: LogSource) {
        switch source {
        case .supervisor: (events, service, connection, isStrict) = ([], [], [], false)
        case .resolver: (events, service, connection, isStrict) = (Self.resolverEvents, [], [], true)
        case .gate(let name, let pid):
            events = Self.gateEvents
            var text = ByteText(capacity: 512)
            text.append(escaping: name)
            service = Array(" service=".utf8) + Self.array(text.bytes)
            connection = Array("\(pid).".utf8)
            isStrict = true
        }
    }

    static let gateEvents: Set<String> = [
        "accept", "check_failed", "closed", "end", "gate_fault", "log_lost", "orphans", "out_of_reach", "pause",
        "refuse", "refuse_suppressed", "resolver_nonsense", "spawn_failed", "stderr", "stderr_suppressed",
        "unknown_message",
    ]
    static let resolverEvents: Set<String> = [
        "dnsbl_answers", "dnsbl_no_answer", "log_lost", "resolver_fault", "unknown_message",
    ]

    /// - Parameter line: without its newline.
    func allows(_ line: ArraySlice<UInt8>) -> Bool {
        guard line.allSatisfy({ (0x20...0x7e).contains($0) }) else { return false }
        guard isStrict else { return true }
        guard let head = Self.head(of: line), events.contains(head.event) else { return false }
        var rest = head.rest
        guard rest.starts(with: service) else { return false }
        rest = rest.dropFirst(service.count)
        while !rest.isEmpty {
            guard let field = Self.field(of: rest) else { return false }
            switch field.key {
            case "event", "service": return false
            case "connection": guard !connection.isEmpty, field.value.starts(with: connection) else { return false }
            default: break
            }
            rest = field.rest
        }
        return true
    }

    private static func array(_ bytes: borrowing Span<UInt8>) -> [UInt8] { bytes.indices.map { bytes[$0] } }

    private static let timeShape = Array("0000-00-00T00:00:00.000Z event=".utf8)

    /// The name of the event, and what follows it.
    private static func head(of line: ArraySlice<UInt8>) -> (event: String, rest: ArraySlice<UInt8>)? {
        let time = line.prefix(timeShape.count)
        guard time.count == timeShape.count,
            zip(time, timeShape).allSatisfy({ $1 == UInt8(ascii: "0") ? isDigit($0) : $0 == $1 })
        else { return nil }
        let rest = line.dropFirst(timeShape.count)
        let name = rest.prefix { $0 != UInt8(ascii: " ") }
        return (String(decoding: name, as: UTF8.self), rest.dropFirst(name.count))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }

    /// The first field of ` KEY=VALUE...`, and what follows it.
    private static func field(
        of text: ArraySlice<UInt8>
    ) -> (key: String, value: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
        guard text.first == UInt8(ascii: " ") else { return nil }
        let key = text.dropFirst().prefix { $0 != UInt8(ascii: "=") && $0 != UInt8(ascii: " ") }
        var rest = text.dropFirst(1 + key.count)
        guard !key.isEmpty, rest.popFirst() == UInt8(ascii: "=") else { return nil }
        let name = String(decoding: key, as: UTF8.self)
        guard rest.first == UInt8(ascii: "\"") else {
            let value = rest.prefix { $0 != UInt8(ascii: " ") }
            return value.contains(UInt8(ascii: "\"")) ? nil : (name, value, rest.dropFirst(value.count))
        }
        let value = rest.dropFirst().prefix { $0 != UInt8(ascii: "\"") }
        rest = rest.dropFirst(1 + value.count)
        guard rest.popFirst() != nil else { return nil }
        return (name, value, rest)
    }
}
