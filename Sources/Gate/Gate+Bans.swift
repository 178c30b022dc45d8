// What a gate reports to its supervisor, which keeps the bans of all services: the sources that have done what the
// service bans for, and how many connections each ban refused.
// Never waits: a report that cannot be sent now is dropped, because it is not worth a connection's time; a source that
// offends again is reported again.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Tables

/// The bans in force, and what the gate has to report about them.
struct BanView: ~Copyable {
    /// The table that ``BanTable/list(at:)`` built.
    private(set) var table: SharedBytes
    /// Counted by the index of a ban in the table.
    var hits: BanHits
    /// Monotonic: when to report the hits to the supervisor; nil: there are none.
    var reportHitsAt: Int64?
    /// Limits how many offences are reported.
    var reports = TokenBucket(at: 0)

    init(_ table: consuming SharedBytes) {
        hits = BanHits(bans: SealedBans.count(of: table.bytes))
        self.table = table
    }

    /// Replaces the table. The caller has reported the hits of the old one, because their indices mean nothing in the
    /// new one.
    mutating func replace(with table: consuming SharedBytes) {
        hits = BanHits(bans: SealedBans.count(of: table.bytes))
        self.table = table
    }
}

extension Gate {
    static let hitsIntervalNanoseconds: Int64 = 1_000_000_000
    /// The most offences that are reported at once, and for each second. A flood must not take all of the supervisor's
    /// time.
    private static let offences = Rate(count: 200, period: 1_000_000_000, burst: 1000)

    /// Adds the points that the end of a connection costs its source.
    mutating func penalize(_ connection: borrowing RunningConnection, at now: Int64) {
        guard penalties != nil else { return }
        switch (connection.terminationCause, connection.handlerEnd) {
        case (.lifetime, _): penalize(connection.peer, for: .lifetime, at: now)
        case (nil, .exited(let status)): penalize(connection.peer, for: .exit(UInt8(clamping: status)), at: now)
        case (nil, .killed): penalize(connection.peer, for: .signal, at: now)
        // The gate ended the handler for reasons of its own.
        case (.drain, _), (.outputOver, _), (nil, nil): break
        }
    }

    mutating func penalize(_ peer: Peer, for outcome: ConnectionOutcome, at now: Int64) {
        guard let cause = penalties?.add(outcome, of: admission.source(of: peer), at: now) else { return }
        report(.penalties(cause), of: peer, at: now)
    }

    /// Reports an offence to the supervisor. Users of unix sockets are not banned.
    mutating func report(_ offence: Offence, of peer: Peer, at now: Int64) {
        guard case .ip(let address, _) = peer, let rate = Self.offences, bans.reports.take(rate, at: now) else {
            return
        }
        send(.offence(setup.sourcePrefix.source(of: address), offence))
    }

    mutating func reportHits(at now: Int64) {
        guard let due = bans.reportHitsAt, now >= due else { return }
        reportAllHits()
    }

    mutating func reportAllHits() {
        bans.reportHitsAt = nil
        var hits: [BanHit] = []
        while let (index, count) = bans.hits.take() {
            hits.append(BanHit(prefix: SealedBans.prefix(of: index, in: bans.table.bytes), count: count))
            if hits.count == GateMessage.mostHits {
                send(.hits(hits))
                hits = []
            }
        }
        if !hits.isEmpty { send(.hits(hits)) }
    }

    private func send(_ message: GateMessage) { channel.offer(message.bytes) }
}
