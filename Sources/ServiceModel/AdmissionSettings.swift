// Conditions for the admission of a client, beside the block list, the access rules and `[limits]`; and the action of a
// refusal.
package import Addresses

/// The conditions that a service sets before a handler is started for a peer.
package struct AdmissionSettings: Hashable, Sendable {
    /// No client needs this service: a client that connects is banned for this time. nil: the service is no sensor.
    package var sensor: Duration?
    package var penalties = Penalties()
    package var refusal = RefusalAction.close
    /// The opening hours; nil: always open.
    package var hours: Hours?
    /// The time zone of ``hours``, a name from /usr/share/zoneinfo; nil: that of the machine.
    package var timeZone: String?
    /// The load average of the last minute above which new connections are refused, in hundredths; nil: no limit.
    package var mostLoad: Int?
    package var start = Start.connect
    /// With ``Start/data``: how long a gate waits for a peer's first byte.
    package var firstByte: Duration = .seconds(30)
    /// How long a peer has to be silent before its handler starts; nil: no such time. Never with ``Start/data``.
    package var greetDelay: Duration?
    /// The upstreams (load balancers, proxies): their connections begin with a PROXY header that names the client.
    package var upstreams: [IPPrefix] = []
    /// Rules about DNS block lists. The first rule that matches, and that denies or allows, decides.
    package var dnsbl: [DNSBLRule] = []
    /// Programs that are asked about a client, one after the other: each must end with status 0.
    package var checks = Checks()

    /// When a handler is started.
    package enum Start: String, Hashable, Sendable, CaseIterable {
        /// When a client connects.
        case connect
        /// When the first byte has arrived.
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
                .contradicts(
                    key: "start", value: "data", says: "refuses early talkers", otherSays: "waits for them")),
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

    /// `refuse`: the action for a refused client that gets no message.
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

    /// `deny_message`; nil: no message is sent.
    private var denyMessage: String? {
        get { if case .message(let text) = refusal { text } else { nil } }
        set { if let newValue { refusal = .message(newValue) } }
    }
}
