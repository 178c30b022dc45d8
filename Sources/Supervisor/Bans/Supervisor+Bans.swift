// The bans of all services, by gates that report offences and by the administrator's commands. When the list has
// changed, each gate gets it a tenth of a second later at most, or a second later when it is long; the file in the
// state directory follows after a second.
internal import Addresses
internal import Admission
internal import Control
internal import HostDefinition
internal import Gate
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    private static let saveAfterNanoseconds: Int64 = 1_000_000_000
    /// Hits alone are saved once a minute: a banned client that goes on connecting is not worth a write every second.
    private static let saveHitsAfterNanoseconds: Int64 = 60_000_000_000

    /// Above this number of bans, gates get the list once a second. Building it takes the supervisor's time, and a
    /// flood must not use that up.
    private static let mostBansAtOnce = 1000

    /// Restores the bans that the previous supervisor saved.
    func restoreBans() {
        for fault in banFile.restore(into: &bans) { logProblem("ban_lost", fault) }
        sealBans(at: Clock.monotonicNanoseconds())
    }

    /// Handles an offence that a gate reports. An attacker may control the gate: then it can ban any source that is not
    /// exempt, but only with its own service as the cause.
    ///
    /// - Returns: whether a gate of this service may report this offence.
    func handleBanReport(_ offence: Offence, of prefix: IPPrefix, from gate: GateProcess, at now: Int64) -> Bool {
        guard prefix == gate.sourcePrefix.source(of: prefix.network) else { return false }
        let service = gate.definition.service
        let penalties = service.admission.penalties
        let outcome: BanOutcome
        switch offence {
        case .sensor:
            guard let length = service.admission.sensor?.nanoseconds else { return false }
            outcome = bans.ban(
                prefix, for: .sensor(service: service.name), length: length, longest: max(length, penalties.longest),
                at: now)
        case .penalties(let cause):
            guard !penalties.areNone else { return false }
            outcome = bans.ban(
                prefix, for: .penalties(service: service.name, last: cause), length: penalties.ban,
                longest: penalties.longest, at: now)
        }
        if case .banned(let ban) = outcome {
            if banLogBudget.admits(at: now) { logBan(ban, at: now) }
            bansChanged(at: now)
        }
        return true
    }

    func handleBanReport(_ hits: [BanHit], at now: Int64) {
        for hit in hits { bans.addHits(UInt64(hit.count), of: hit.prefix) }
        saveBansAt = saveBansAt ?? now + Self.saveHitsAfterNanoseconds
    }

    func block(_ prefix: IPPrefix, reason: String, length: Duration?, at now: Int64) -> ControlReply {
        switch bans.block(prefix, reason: reason, length: length?.nanoseconds, at: now) {
        case .banned(let ban), .already(let ban):
            logBan(ban, at: now)
            bansChanged(at: now)
            sendBans(at: now)
            return .banChange(.banned(BanStatus(ban, at: now)))
        case .exempt(let exempt): return .banChange(.exempt(prefix, by: exempt))
        case .full: return .banChange(.full(prefix, most: bans.mostPerFamily))
        }
    }

    func unblock(_ prefix: IPPrefix, at now: Int64) -> ControlReply {
        let wasBanned = bans[prefix] != nil
        guard let ban = bans.unblock(prefix, at: now) else {
            if wasBanned {
                bansChanged(at: now)
                return .banChange(.forgotten(prefix))
            }
            let around = bans.active(at: now).filter { $0.prefix.contains(prefix.network) }
            return .banChange(.notBanned(prefix, wider: around.map(\.prefix)))
        }
        logUnban(ban)
        bansChanged(at: now)
        sendBans(at: now)
        return .banChange(.unbanned(BanStatus(ban, at: now)))
    }

    /// The bans in force.
    func blocked(at now: Int64) -> ControlReply {
        readKernelHits()
        return .bans(bans.active(at: now).map { BanStatus($0, at: now) })
    }

    /// Takes over the exempt prefixes of new settings.
    func applyExempt(at now: Int64) {
        guard bans.exempt != settings.exempt else { return }
        bans.exempt = settings.exempt
        sendBans(at: now)
    }

    func bansChanged(at now: Int64) {
        let due = now + Self.saveAfterNanoseconds
        saveBansAt = min(saveBansAt ?? due, due)
    }

    /// Does what is due: sends bans to the gates, and saves them.
    func tendBans(at now: Int64) {
        if banCoalescer.wait(for: bans.revision, at: now) == 0 { sendBans(at: now) }
        if let due = saveBansAt, now >= due { saveBans() }
        if let count = banLogBudget.report(at: now) { logSuppressedBans(count) }
    }

    /// Monotonic: when to call ``tendBans(at:)``.
    func bansDeadline(at now: Int64) -> Int64? {
        let sending = banCoalescer.wait(for: bans.revision, at: now).map { now + $0 }
        return [sending, saveBansAt, banLogBudget.reportAt].compactMap { $0 }.min()
    }

    func saveBans() {
        saveBansAt = nil
        readKernelHits()
        do throws(SystemError) {
            try banFile.save(bans)
        } catch {
            logProblem("bans_unsaved", "\(banFile.path): \(error); they end with this supervisor [state]")
        }
    }

    private func sendBans(at now: Int64) {
        sealBans(at: now)
        updateKernelBans(at: now)
        for gate in allGates() { send(bansTo: gate) }
    }

    private func sealBans(at now: Int64) {
        banCoalescer.sent(bans.revision, at: now)
        banCoalescer.interval =
            bans.count > Self.mostBansAtOnce ? ChangeCoalescer.longInterval : ChangeCoalescer.standardInterval
        do throws(SystemError) {
            banList = try SharedBytes(sealing: bans.list(at: now), name: "bans")
        } catch {
            logProblem("bans_kept", "\(error); gates go on with the bans that they have")
        }
    }

    private func send(bansTo gate: GateProcess) {
        // A gate that cannot take the list must not go on without it, so it is killed, and the next one starts with the
        // list.
        if !send(.bans, to: gate, passing: banList.descriptor.number) { Processes.signal(gate.pid, .kill) }
    }
}

extension BanStatus {
    /// The state of a ban at one time.
    fileprivate init(_ ban: Ban, at now: Int64) {
        self.init(
            prefix: ban.prefix, cause: ban.cause.text, age: .nanoseconds(now - ban.began),
            left: ban.end == .max ? nil : .nanoseconds(ban.end - now), hits: Int(clamping: ban.hits),
            strikes: ban.strikes)
    }
}
