// The phases of a connection between its accept and its handler. The order of the cases is the order in which a gate
// takes a connection through them, and in which `explain` asks them; doorward-admission(7) says it in words.
//
//     accept -> [PROXY header] -> admission -> [DNS block lists] -> [checks] -> [silence | first byte]
//         -> [a free handler] -> start
//
// Within admission, the order is that of the statements of ``Admission/decide(_:blockList:bans:closed:at:)``.
package import ServiceModel

/// The phase of a connection that was accepted and has no handler yet.
package enum PreConnectionPhase: Int, CaseIterable, Hashable, Sendable {
    /// The gate waits for the header in which the upstream names the client.
    case proxyHeader
    /// The gate waits for answers of DNS block lists.
    case lists
    /// The gate waits for the answers of the service's checks.
    case checks
    /// The gate waits for the end of the time in which the peer is to be silent.
    case greetDelay
    /// The gate waits for the peer's first byte.
    case firstByte
    /// The connection waits for a free handler, and for nothing else.
    case handler
}

extension PreConnectionPhase {
    /// The phases of a service's admitted connections, in their order; the last one is ``handler``.
    package static func afterAdmission(_ settings: AdmissionSettings) -> [PreConnectionPhase] {
        allCases.filter { $0.rawValue > proxyHeader.rawValue && $0.isAsked(by: settings) }
    }

    fileprivate func isAsked(by settings: AdmissionSettings) -> Bool {
        switch self {
        case .proxyHeader: !settings.upstreams.isEmpty
        case .lists: !settings.dnsbl.isEmpty
        case .checks: !settings.checks.programs.isEmpty
        case .greetDelay: settings.start != .data && settings.greetDelay != nil
        case .firstByte: settings.start == .data
        case .handler: true
        }
    }
}

extension Service {
    /// The most pending connections of a gate; 0: no connection waits in the gate. Without a limit in the file,
    /// connections wait there only where a phase makes them wait.
    package var waitingPlaces: Int {
        if let waiting = limits.waiting { return waiting }
        let isAsked = PreConnectionPhase.allCases.contains { $0 != .handler && $0.isAsked(by: admission) }
        return isAsked ? Limits.standardWaiting : 0
    }
}
