// Bans and the block list as a kernel filter on the listening sockets, where the rights and the settings allow it.
// The gates check every connection that the kernel lets pass by their own tables, so a failure here is logged and
// changes nothing else.
internal import Addresses
internal import Admission
internal import Control
internal import LinuxSystem
internal import ServiceModel

/// The bans and the list that the kernel filters by, and what could not be added to them.
struct KernelState: ~Copyable {
    var filter: KernelFilter?
    /// Why there is no filter, or why a listener has none; nil: no failure.
    var failure: SystemError?
    /// Why the filter lacks the block list; nil: it has it.
    var blockListGap: KernelFilterStatus.BlockListGap?
    /// Why the filter lacks bans; nil: it has all of them.
    var bansFailure: SystemError?
    /// By prefix: the end of the ban in the kernel, and the hits that were read from it.
    var bans: [IPPrefix: (end: Int64, hits: UInt64)] = [:]
    var exempt: [IPPrefix] = []

    /// The most lines of a block list in the filter. A longer list would take seconds to add, and 140 bytes of kernel
    /// memory for each line.
    static let mostListed = 100_000
}

extension Supervisor {
    /// Makes the filter or removes it, as the settings say.
    func applyKernelFilter(at now: Int64) {
        guard settings.kernelFilter else {
            for number in listeners.filteredNumbers { detachFilter(from: number) }
            kernel = KernelState()
            return
        }
        if kernel.filter == nil {
            kernel = KernelState()
            do throws(SystemError) {
                kernel.filter = try KernelFilter(mostBans: bans.mostPerFamily + settings.exempt.count)
            } catch {
                kernel.failure = error
                return
            }
            for number in listeners.filteredNumbers { attachFilter(to: number) }
            giveKernelBlockList()
        }
        updateKernelBans(at: now)
    }

    /// Attaches the filter to a new listener, before a gate accepts from it.
    func attachFilter(to number: Int32) {
        do throws(SystemError) {
            switch kernel.filter {
            case .some(let filter): try filter.attach(to: number)
            case .none: return
            }
        } catch {
            kernel.failure = error
        }
    }

    /// Detaches the filter from a listener, if it has one.
    func detachFilter(from number: Int32) {
        do throws(SystemError) {
            try KernelFilter.detach(from: number)
        } catch {
            // The listener had no filter.
        }
    }

    func giveKernelBlockList() {
        guard kernel.filter != nil else { return }
        let count = blockList.entryCount
        let isTooLong = count > KernelState.mostListed
        kernel.blockListGap = isTooLong ? .tooLong(lines: count, most: KernelState.mostListed) : nil
        do throws(SystemError) {
            let list = try KernelBlockList(of: isTooLong ? [] : blockList.prefixes())
            try kernel.filter?.replaceBlockList(with: list)
        } catch {
            kernel.blockListGap = .failed(error)
        }
    }

    /// Updates the kernel's bans with the changes since the last call.
    func updateKernelBans(at now: Int64) {
        guard kernel.filter != nil else { return }
        kernel.bansFailure = nil
        var wanted: [IPPrefix: Int64] = [:]
        for ban in bans.effectiveBans(at: now) { wanted[ban.prefix] = ban.end }
        do throws(SystemError) {
            for prefix in kernel.exempt where !settings.exempt.contains(prefix) { try kernel.filter?.remove(prefix) }
            for prefix in kernel.bans.keys where wanted[prefix] == nil {
                readKernelHits(of: prefix)
                try kernel.filter?.remove(prefix)
                kernel.bans[prefix] = nil
            }
            for prefix in settings.exempt where !kernel.exempt.contains(prefix) { try kernel.filter?.exempt(prefix) }
            kernel.exempt = settings.exempt
            for (prefix, end) in wanted where kernel.bans[prefix]?.end != end {
                readKernelHits(of: prefix)
                try kernel.filter?.ban(prefix, until: end)
                kernel.bans[prefix] = (end, 0)
            }
        } catch {
            kernel.bansFailure = error
        }
    }

    /// Adds the connections that the kernel has dropped to the hits of the bans.
    func readKernelHits() {
        for prefix in kernel.bans.keys { readKernelHits(of: prefix) }
    }

    /// Adds the connections dropped by one ban. Called before the ban is changed or removed, because that resets its
    /// count.
    private func readKernelHits(of prefix: IPPrefix) {
        guard let known = kernel.bans[prefix] else { return }
        do throws(SystemError) {
            let hits = try kernel.filter?.hits(ofBan: prefix) ?? known.hits
            guard hits > known.hits else { return }
            bans.addHits(hits - known.hits, of: prefix)
            kernel.bans[prefix] = (known.end, hits)
        } catch {
            // The next call counts them.
        }
    }

    /// The state of the filter, for `status`.
    var kernelStatus: KernelFilterStatus {
        guard settings.kernelFilter else { return .off }
        var status = KernelFilterStatus.Filter()
        do throws(SystemError) {
            switch kernel.filter {
            case .some(let filter):
                let drops = try filter.drops()
                status.drops = .counted(
                    byBans: Int(clamping: drops.byBans), byBlockList: Int(clamping: drops.byBlockList))
            case .none:
                // The settings ask for a filter here, so that a missing one has a failure.
                return kernel.failure.map { .unavailable($0) } ?? .off
            }
        } catch {
            status.drops = .unreadable(error)
        }
        status.failure = kernel.failure
        status.bansFailure = kernel.bansFailure
        status.blockListGap = kernel.blockListGap
        return .on(status)
    }
}
