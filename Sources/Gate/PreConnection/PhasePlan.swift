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
    /// What a gate does with the connections in one phase.
    private struct Row: Hashable {
        let phase: PreConnectionPhase
        /// Whether the gate watches for input of the peer. In the other phases it does not read from it.
        var isOfPeer = false
        /// In nanoseconds; nil: without a limit.
        let lasts: Int64?
        /// What follows from bytes of the peer.
        var onBytes = PhaseOutcome.wait
        /// What follows from the end of the peer's input.
        var onEnd = PhaseOutcome.wait
        /// What follows when the time of the phase is over.
        let whenOver: PhaseOutcome
    }

    /// Whether a connection may have to wait in the gate before its handler starts.
    package let areAny: Bool
    private let upstreams: [IPPrefix]
    /// A row for each phase, by its raw value.
    private let rows: [Row]
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
        phases = PreConnectionPhase.afterAdmission(settings)
        rows = [
            // ProxyHeaderReader decides about the bytes of a header.
            Row(phase: .proxyHeader, isOfPeer: true, lasts: Self.proxyHeader, whenOver: .refuse(.proxyHeader(.late))),
            Row(phase: .lists, lasts: Self.lists, whenOver: .decide),
            Row(
                phase: .checks, lasts: settings.checks.timeout.nanoseconds, whenOver: .refuse(.plain(.checkTimeout))),
            Row(
                phase: .greetDelay, isOfPeer: true, lasts: settings.greetDelay?.nanoseconds ?? 0,
                onBytes: .refuse(.plain(.earlyTalker)), onEnd: .refuse(.plain(.noData)), whenOver: .advance),
            Row(
                phase: .firstByte, isOfPeer: true, lasts: settings.firstByte.nanoseconds, onBytes: .advance,
                onEnd: .refuse(.plain(.noData)), whenOver: .refuse(.plain(.firstByte))),
            Row(phase: .handler, lasts: nil, whenOver: .wait),
        ]
        precondition(rows.map(\.phase) == PreConnectionPhase.allCases, "there is a row for each phase, in their order")
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
    package func duration(of phase: PreConnectionPhase) -> Int64? { rows[phase.rawValue].lasts }

    /// Whether input of the peer matters in a phase. In the other phases the gate does not read from it.
    package func isOfPeer(_ phase: PreConnectionPhase) -> Bool { rows[phase.rawValue].isOfPeer }

    /// What to do about what the gate sees of a peer.
    package func step(_ phase: PreConnectionPhase, _ peek: PeekResult) -> PhaseOutcome {
        switch peek {
        case .nothing: .wait
        case .bytes: rows[phase.rawValue].onBytes
        case .end: rows[phase.rawValue].onEnd
        }
    }

    /// What to do when the time of a phase is over.
    package func stepWhenOver(_ phase: PreConnectionPhase) -> PhaseOutcome { rows[phase.rawValue].whenOver }
}
