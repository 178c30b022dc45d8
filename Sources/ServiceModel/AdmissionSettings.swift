// Who may come in, beside the block list, the access rules and `[limits]`; and how the others are turned away.
package import Addresses

/// What a service asks of its peers before a process exists for them.
package struct AdmissionSettings: Hashable, Sendable {
    /// Nobody has business with this service: whoever touches it is banned for that long. nil: it is an ordinary one.
    package var sensor: Duration?
    package var penalties = Penalties()
    package var refusal = RefusalAction.close
    /// When it is open; nil: always.
    package var hours: Hours?
    /// Of ``hours``, as in /usr/share/zoneinfo; nil: that of the machine.
    package var timeZone: String?
    /// The load average of the last minute above which nobody new comes in, in hundredths; nil: any.
    package var mostLoad: Int?
    package var start = Start.connect
    /// How long ``start`` waits for a peer's first byte, where it does.
    package var firstByte: Duration = .seconds(30)
    /// How long a peer has to be silent before its handler starts; nil: no time. Never with ``Start/data``.
    package var greetDelay: Duration?
    /// Whose connections begin with a PROXY header that says who the client is.
    package var upstreams: [IPPrefix] = []
    /// Lists in the DNS that are asked about who comes; the first rule that matches and decides, decides.
    package var dnsbl: [DNSBLRule] = []
    /// Programs that are asked about who comes, one after the other: each must end with status 0.
    package var checks = Checks()

    /// When a handler is started.
    package enum Start: String, Hashable, Sendable, CaseIterable {
        /// When somebody connects.
        case connect
        /// When the first byte has come.
        case data
    }

    package init() {}
}

extension AdmissionSettings {
    /// The keys of admission beside `access` and `[limits]`.
    package static var keys: [Key<AdmissionSettings>] {
        let sensor = "does nothing"
        return [
            Key("refuse", \.refuse),
            Key("deny_message", \.denyMessage, .own(.denyMessage)),
            Key("hours", \.hours, .own(.hours)),
            Key("time_zone", \.timeZone, .own(.timeZone), .common, .needs("hours")),
            Key("max_load", \.mostLoad, .decimal(1...1_000_000)),
            Key("start", \.start, .uselessForSensor(because: sensor)),
            Key(
                "first_byte", \.firstByte, .duration(.moreThanZero), .common, .needsValue(of: "start", "data"),
                .uselessForSensor(because: sensor)),
            Key(
                "greet_delay", \.greetDelay, .duration(.moreThanZero), .common, .uselessForSensor(because: sensor),
                .contradicts(key: "start", value: "data", says: "refuses who talks first", otherSays: "waits for that")),
            Key(
                "proxy_protocol", \.upstreams, .prefixes(example: "the addresses that send a PROXY header"), .common,
                .needsAddress),
            Key(
                "dnsbl", \.dnsbl, .own(.dnsbl), .common, .needsAddress, .uselessForSensor(because: sensor)),
            Key(
                "checks", \.checks.programs, .programs(most: Checks.most, called: "programs"), .common,
                .uselessForSensor(because: sensor)),
            Key(
                "check_timeout", \.checks.timeout, .duration(.moreThanZero), .common, .needs("checks"),
                .uselessForSensor(because: sensor)),
            Key(
                "check_cache", \.checks.cache, .duration(.any), .common, .needs("checks"),
                .uselessForSensor(because: sensor)),
        ]
    }

    /// `refuse`: how a client is refused that gets no message.
    private var refuse: RefusalAction.Word {
        get {
            switch refusal {
            case .close, .message: .close
            case .reset: .reset
            case .tarpit: .tarpit
            }
        }
        set { refusal = RefusalAction(newValue) }
    }

    /// `deny_message`; nil: nothing is sent.
    private var denyMessage: String? {
        get { if case .message(let text) = refusal { text } else { nil } }
        set { if let newValue { refusal = .message(newValue) } }
    }
}
