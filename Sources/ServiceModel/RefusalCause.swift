// Why a connection gets no handler: every cause has one word and one setting, here and nowhere else.
// The raw value is the word in the log (`cause=`), the key in JSON and, for metrics, the label. A new cause is a case, its
// setting, and an entry in doorward-log(5), which a test looks for.

/// A cause for which a connection is refused.
package enum RefusalCause: String, CaseIterable, Hashable, Sendable {
    /// The block list has the peer's address.
    case blockList = "block_list"
    /// A ban is in force on the peer's address.
    case ban
    /// An access rule denies the peer.
    case accessRule = "access_rule"
    /// There are access rules, and none matches the peer.
    case noRuleMatches = "no_rule_matches"
    /// The service is a sensor.
    case sensor
    /// The service is outside of its hours.
    case hours
    /// The machine's load is above the service's limit.
    case load
    /// The source has as many connections as it may have.
    case sourceLimit = "source_limit"
    /// The source connects too often.
    case sourceRate = "source_rate"
    /// A DNS block list has the peer's address.
    case dnsbl
    /// A check ended with another status than 0.
    case check
    /// The checks did not end in time.
    case checkTimeout = "check_timeout"
    /// A check was ended by a signal, or could not be started.
    case checkFailed = "check_failed"
    /// The peer closed before its first byte.
    case noData = "no_data"
    /// The peer's first byte did not come in time.
    case firstByte = "first_byte"
    /// The peer sent something before it was greeted.
    case earlyTalker = "early_talker"
    /// An upstream sent no proper PROXY header.
    case proxyHeader = "proxy_header"
    /// Every handler was busy, and the source had more connections waiting than other sources.
    case crowded
    /// The gate ended while the connection waited.
    case drain

    /// The key, or the command, that changes what is refused for this cause; nil: no setting does.
    ///
    /// - Parameter start: of the service, which decides what a connection without data was waiting for.
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
        case .crowded: "limits.waiting"
        case .drain: nil
        }
    }
}
