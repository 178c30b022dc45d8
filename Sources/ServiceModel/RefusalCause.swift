// Causes for which a connection gets no handler. Each has one word and one setting, which only this file declares.
// The raw value is the word in the log (`cause=`), the key in JSON and, for metrics, the label. A new cause is a case,
// its setting, and an entry in doorward-log(5), which a test looks for.

/// A cause for which a connection is refused.
package enum RefusalCause: String, CaseIterable, Hashable, Sendable {
    /// The block list has the peer's address.
    case blockList = "block_list"
    /// A ban is in force on the peer's address.
    case ban
    /// An access rule denies the peer.
    case accessRule = "access_rule"
    /// No access rule matches the peer, and there are some.
    case noRuleMatches = "no_rule_matches"
    /// The service is a sensor.
    case sensor
    /// The service is closed at this hour.
    case hours
    /// The machine's load is above the service's limit.
    case load
    /// The source has reached its limit of connections.
    case sourceLimit = "source_limit"
    /// The source connects too often.
    case sourceRate = "source_rate"
    /// A DNS block list has the peer's address.
    case dnsbl
    /// A check ended with another status than 0.
    case check
    /// The checks did not end in time.
    case checkTimeout = "check_timeout"
    /// A signal ended a check, or the check could not be started.
    case checkFailed = "check_failed"
    /// The peer closed before its first byte.
    case noData = "no_data"
    /// The peer's first byte did not arrive in time.
    case firstByte = "first_byte"
    /// The peer sent data before the handler started (greet_delay).
    case earlyTalker = "early_talker"
    /// An upstream sent no proper PROXY header.
    case proxyHeader = "proxy_header"
    /// Every handler was busy, and the source had more pending connections than any other source.
    case displaced
    /// The gate ended while the connection waited in it.
    case drain

    /// The key or the command that changes which connections are refused for this cause; nil: none does.
    ///
    /// - Parameter start: the service's `start`, by which a connection without data waits for one thing or another.
    package func setting(_ start: AdmissionSettings.Start) -> String? {
        switch self {
        case .blockList: "block_list"
        case .ban: "unblock"
        case .accessRule, .noRuleMatches: "access"
        case .sensor: "sensor"
        case .hours: "hours"
        case .load: "max_load"
        case .sourceLimit: "limits.per_source"
        case .sourceRate: "limits.rate"
        case .dnsbl: "dnsbl"
        case .check, .checkFailed: "checks"
        case .checkTimeout: "check_timeout"
        case .noData: start == .data ? "start" : "greet_delay"
        case .firstByte: "first_byte"
        case .earlyTalker: "greet_delay"
        case .proxyHeader: "proxy_protocol"
        case .displaced: "limits.waiting"
        case .drain: nil
        }
    }
}
