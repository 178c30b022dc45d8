// What a connection has to go through between its accept and its handler, and what follows from what is seen of it. Pure.
//
//     accept -> [PROXY header] -> admission -> [DNS block lists] -> [checks] -> [silence | first byte] -> [a free handler]
//         -> start
//
// Each phase lasts for the same time for everybody, so whoever came into it first is the first whose time is over.
package import Addresses
package import Admission
package import LinuxSystem
package import ServiceModel

/// What becomes of a connection in the lobby.
package enum PhaseOutcome: Hashable, Sendable {
    case wait
    /// To the next phase.
    case advance
    /// What is known of it has to do: nothing more is waited for.
    case decide
    case refuse(Refusal)
}

/// The rules of one service.
package struct PhasePlan: Hashable, Sendable {
    /// Whether the service has any: without them nobody comes into the lobby.
    package let areAny: Bool
    private let upstreams: [IPPrefix]
    private let greetDelay: Int64
    private let firstByte: Int64
    private let checks: Int64
    /// What everybody goes through who was let in, in this order; the last one is ``PreConnectionPhase/handler``.
    private let phases: [PreConnectionPhase]

    /// In nanoseconds.
    package static let proxyHeader: Int64 = 5_000_000_000
    /// In nanoseconds; the resolver gives up after three seconds.
    package static let lists: Int64 = 3_500_000_000

    package init(_ service: Service) {
        let settings = service.admission
        areAny = service.waitingPlaces > 0
        upstreams = settings.upstreams
        greetDelay = settings.greetDelay?.nanoseconds ?? 0
        firstByte = settings.firstByte.nanoseconds
        checks = settings.checks.timeout.nanoseconds
        var phases: [PreConnectionPhase] = []
        if !settings.dnsbl.isEmpty { phases.append(.lists) }
        if !settings.checks.programs.isEmpty { phases.append(.checks) }
        if settings.start == .data {
            phases.append(.firstByte)
        } else if settings.greetDelay != nil {
            phases.append(.greetDelay)
        }
        self.phases = phases + [.handler]
    }

    /// What a connection goes through next; before the handler of a service, the last.
    package func next(after phase: PreConnectionPhase) -> PreConnectionPhase {
        phases.first { $0.rawValue > phase.rawValue } ?? .handler
    }

    /// Where a connection begins that was let in.
    package var phaseAfterAdmission: PreConnectionPhase { next(after: .proxyHeader) }

    /// Whether the connections of a peer begin with a PROXY header.
    package func isUpstream(_ peer: Peer) -> Bool {
        guard case .ip(let address, _) = peer else { return false }
        return upstreams.contains { $0.contains(address) }
    }

    /// How long a phase lasts, in nanoseconds; nil: as long as it takes.
    package func duration(of phase: PreConnectionPhase) -> Int64? {
        switch phase {
        case .proxyHeader: Self.proxyHeader
        case .lists: Self.lists
        case .checks: checks
        case .greetDelay: greetDelay
        case .firstByte: firstByte
        case .handler: nil
        }
    }

    /// What follows from what is seen of a peer. PROXY headers are read: see ProxyHeader.
    package func step(_ phase: PreConnectionPhase, _ peek: PeekResult) -> PhaseOutcome {
        switch (phase, peek) {
        case (_, .nothing), (.proxyHeader, _), (.lists, _), (.checks, _), (.handler, _): .wait
        case (.greetDelay, .bytes): .refuse(.earlyTalker)
        case (.firstByte, .bytes): .advance
        case (.greetDelay, .end), (.firstByte, .end): .refuse(.noData)
        }
    }

    /// What follows from the end of a phase's time.
    package func stepWhenOver(_ phase: PreConnectionPhase) -> PhaseOutcome {
        switch phase {
        case .proxyHeader: .refuse(.proxyHeader(.late))
        case .lists: .decide
        case .checks: .refuse(.checkTimeout)
        case .greetDelay: .advance
        case .firstByte: .refuse(.firstByte)
        case .handler: .wait
        }
    }
}
