// How long each phase of a service's connections lasts, and what a gate does about what it sees of a peer. Pure.
// A phase lasts equally long for all connections, so the connection that entered it first leaves it first.
package import Addresses
package import Admission
package import LinuxSystem
package import ServiceModel

/// What a gate does with a connection in a phase.
package enum PhaseOutcome: Hashable, Sendable {
    case wait
    /// The connection enters the next phase.
    case advance
    /// The gate decides by the answers that it has, and does not wait for the others.
    case decide
    case refuse(Refusal)
}

/// The phases of one service.
package struct PhasePlan: Hashable, Sendable {
    /// Whether a connection may have to wait in the gate before its handler starts.
    package let areAny: Bool
    private let upstreams: [IPPrefix]
    private let greetDelay: Int64
    private let firstByte: Int64
    private let checks: Int64
    /// The phases of an admitted connection.
    private let phases: [PreConnectionPhase]

    /// The time limit for a PROXY header. In nanoseconds.
    package static let proxyHeader: Int64 = 5_000_000_000
    /// The time limit for answers of DNS block lists. In nanoseconds; the resolver itself gives up after three seconds.
    package static let lists: Int64 = 3_500_000_000

    package init(_ service: Service) {
        let settings = service.admission
        areAny = service.waitingPlaces > 0
        upstreams = settings.upstreams
        greetDelay = settings.greetDelay?.nanoseconds ?? 0
        firstByte = settings.firstByte.nanoseconds
        checks = settings.checks.timeout.nanoseconds
        phases = PreConnectionPhase.afterAdmission(settings)
    }

    /// The phase of an admitted connection after this one; ``PreConnectionPhase/handler`` is the last.
    package func next(after phase: PreConnectionPhase) -> PreConnectionPhase {
        phases.first { $0.rawValue > phase.rawValue } ?? .handler
    }

    /// The first phase of an admitted connection.
    package var phaseAfterAdmission: PreConnectionPhase { next(after: .proxyHeader) }

    /// Whether the connections of a peer begin with a PROXY header.
    package func isUpstream(_ peer: Peer) -> Bool {
        guard case .ip(let address, _) = peer else { return false }
        return upstreams.contains { $0.contains(address) }
    }

    /// How long a phase lasts, in nanoseconds; nil: without a limit.
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

    /// What to do about what the gate sees of a peer. ProxyHeader decides about the bytes of a PROXY header.
    package func step(_ phase: PreConnectionPhase, _ peek: PeekResult) -> PhaseOutcome {
        switch (phase, peek) {
        case (_, .nothing), (.proxyHeader, _), (.lists, _), (.checks, _), (.handler, _): .wait
        case (.greetDelay, .bytes): .refuse(.plain(.earlyTalker))
        case (.firstByte, .bytes): .advance
        case (.greetDelay, .end), (.firstByte, .end): .refuse(.plain(.noData))
        }
    }

    /// What to do when the time of a phase is over.
    package func stepWhenOver(_ phase: PreConnectionPhase) -> PhaseOutcome {
        switch phase {
        case .proxyHeader: .refuse(.proxyHeader(.late))
        case .lists: .decide
        case .checks: .refuse(.plain(.checkTimeout))
        case .greetDelay: .advance
        case .firstByte: .refuse(.plain(.firstByte))
        case .handler: .wait
        }
    }
}
