// What follows from the bans: lines in the log, new lists for the gates and for the kernel.
internal import Addresses
internal import Admission
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    /// Restores the bans that the previous supervisor saved.
    func restoreBans() {
        for fault in bans.restore() { journal.problem("ban_lost", fault) }
        sealBans(at: Clock.monotonicNanoseconds())
    }

    /// - Returns: whether a gate of this service may report this offence.
    func handleBanReport(_ offence: Offence, of prefix: IPPrefix, from gate: GateProcess, at now: Int64) -> Bool {
        guard prefix == gate.sourcePrefix.source(of: prefix.network) else { return false }
        let service = gate.definition.service
        switch bans.report(offence, of: prefix, by: service, upstreams: services.upstreams, at: now) {
        case .nonsense: return false
        case .unchanged: return true
        case .spared(let reason, let isLogged):
            if isLogged { journal.spared(prefix, reason, service: service.name) }
            return true
        case .banned(let ban, let isLogged):
            if isLogged { journal.ban(ban, at: now) }
            return true
        }
    }

    func block(_ prefix: IPPrefix, reason: String, length: Duration?, at now: Int64) -> ControlReply {
        let change = bans.block(prefix, reason: reason, length: length, at: now)
        if let ban = change.ban {
            journal.ban(ban, at: now)
            sendBans(at: now)
        }
        return change.reply
    }

    func unblock(_ prefix: IPPrefix, at now: Int64) -> ControlReply {
        let change = bans.unblock(prefix, at: now)
        if let ban = change.ban {
            journal.unban(ban)
            sendBans(at: now)
        }
        return change.reply
    }

    /// The bans in force.
    func blocked(at now: Int64) -> ControlReply {
        readFilterHits()
        return .bans(bans.active(at: now).map { BanStatus($0, at: now) })
    }

    /// Takes over the exempt prefixes of new settings.
    func applyExempt(at now: Int64) {
        if bans.setExempt(settings.exempt) { sendBans(at: now) }
    }

    /// Does what is due: sends bans to the gates, and saves them.
    func tendBans(at now: Int64) {
        for due in bans.due(at: now) {
            switch due {
            case .send: sendBans(at: now)
            case .save: saveBans()
            case .logSuppressed(let count): journal.suppressedBans(count)
            }
        }
    }

    func saveBans() {
        readFilterHits()
        if let error = bans.save() {
            journal.problem("bans_unsaved", "\(bans.path): \(error); they end with this supervisor [state]")
        }
    }

    private func sendBans(at now: Int64) {
        sealBans(at: now)
        updateFilterBans(at: now)
        for gate in allGates() {
            // A gate that cannot take the list must not go on without it, so it is killed, and the next one starts with
            // the list.
            if !send(.bans, to: gate, passing: [bans.list.descriptor.number]) { Processes.signal(gate.pid, .kill) }
        }
    }

    private func sealBans(at now: Int64) {
        if let error = bans.seal(at: now) {
            journal.problem("bans_kept", "\(error); gates go on with the bans that they have")
        }
    }

    // MARK: - The kernel's copy

    /// Makes the filter of the listeners or removes it, as the settings say.
    func applyKernelFilter(at now: Int64) {
        // The kernel gives up verifying a program when a signal comes (EAGAIN).
        loop.waitLimit.end()
        defer { loop.waitLimit.begin() }
        guard
            blockList.filter.apply(
                isWanted: settings.kernelFilter, mostBans: bans.mostPerFamily + settings.exempt.count,
                listeners: services.listeners.filteredNumbers)
        else { return updateFilterBans(at: now) }
        blockList.filter.take(blockList.file)
        updateFilterBans(at: now)
    }

    private func updateFilterBans(at now: Int64) {
        for hit in blockList.filter.take(bans.effective(at: now), exempt: settings.exempt) {
            bans.addHits(hit.count, of: hit.prefix)
        }
    }

    /// Adds the connections that the kernel has dropped to the hits of the bans.
    private func readFilterHits() {
        for hit in blockList.filter.readHits() { bans.addHits(hit.count, of: hit.prefix) }
    }
}
