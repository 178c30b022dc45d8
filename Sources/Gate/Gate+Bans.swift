// What a gate tells its supervisor, which keeps the bans of all services: who has done what its service bans for, and how
// often bans have refused somebody. Never waits: what cannot be sent now is not worth a connection's time, and whoever does
// it again is reported again.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import Messages
internal import ServiceModel
internal import Tables

/// The bans that a gate knows, and what it has to tell about them.
struct BanView: ~Copyable {
    /// What ``BanTable/list(at:)`` built.
    private(set) var table: SharedBytes
    /// By the places in the table.
    var hits: BanHits
    /// Monotonic: when to tell the supervisor what they refused.
    var tellHitsAt: Int64?
    /// Of offences that may be told.
    var reports = TokenBucket(at: 0)

    init(_ table: consuming SharedBytes) {
        hits = BanHits(bans: SealedBans.count(of: table.bytes))
        self.table = table
    }

    /// Others are in force. The hits of those before were told.
    mutating func replace(with table: consuming SharedBytes) {
        hits = BanHits(bans: SealedBans.count(of: table.bytes))
        self.table = table
    }
}

extension Gate {
    static let hitsIntervalNanoseconds: Int64 = 1_000_000_000
    /// Offences that are told at once, and by the second. The supervisor has other things to do too.
    private static let offences = Rate(count: 200, period: 1_000_000_000, burst: 1000)

    /// The connection is over: what that costs its source.
    mutating func penalize(_ connection: borrowing RunningConnection, at now: Int64) {
        guard penalties != nil else { return }
        switch (connection.terminationCause, connection.handlerEnd) {
        case (.lifetime, _): penalize(connection.peer, for: .lifetime, at: now)
        case (nil, .exited(let status)): penalize(connection.peer, for: .exit(UInt8(clamping: status)), at: now)
        case (nil, .killed): penalize(connection.peer, for: .signal, at: now)
        // The gate ended it for reasons of its own.
        case (.drain, _), (.outputOver, _), (nil, nil): break
        }
    }

    mutating func penalize(_ peer: Peer, for outcome: ConnectionOutcome, at now: Int64) {
        guard let cause = penalties?.add(outcome, of: admission.source(of: peer), at: now) else { return }
        report(.penalties(cause), of: peer, at: now)
    }

    /// Tells the supervisor. Users of unix sockets are not banned.
    mutating func report(_ offence: Offence, of peer: Peer, at now: Int64) {
        guard case .ip(let address, _) = peer, let rate = Self.offences, bans.reports.take(rate, at: now) else {
            return
        }
        send(.offence(setup.sourcePrefix.source(of: address), offence))
    }

    mutating func tellHits(at now: Int64) {
        guard let due = bans.tellHitsAt, now >= due else { return }
        tellAllHits()
    }

    mutating func tellAllHits() {
        bans.tellHitsAt = nil
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

    private func send(_ message: GateMessage) {
        do throws(SystemError) {
            try channel.send(message.bytes)
        } catch {
            // The supervisor is busy, or gone, which the loop finds out.
        }
    }
}
