// Bans and the block list as a filter of the kernel on the listening sockets, where the rights and the settings allow it.
// The gates judge by their own tables all the same: whatever the kernel lets pass meets them. So a failure here is said, and
// nothing else changes.
internal import Addresses
internal import Admission
internal import Control
internal import LinuxSystem
internal import ServiceModel

/// What the kernel has of the bans, and what was not given to it.
struct KernelState: ~Copyable {
    var filter: KernelFilter?
    /// Why there is no filter, or why a listener is without it; nil: nothing failed.
    var failure: SystemError?
    /// Why the block list is not in it; nil: it is.
    var blockListGap: KernelFilterStatus.BlockListGap?
    /// Why the bans are not in it, or not all of them; nil: they are.
    var bansFailure: SystemError?
    /// By prefix: the end that the kernel knows, and the hits that were read from it.
    var bans: [IPPrefix: (end: Int64, hits: UInt64)] = [:]
    var exempt: [IPPrefix] = []

    /// A longer list would keep the supervisor for seconds and take 140 bytes of kernel memory for each line.
    static let mostListed = 100_000
}

extension Supervisor {
    /// Makes the filter, or takes it away, as the settings say.
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
        giveKernelBans(at: now)
    }

    /// Filters a new listener, before anybody is accepted from it.
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

    /// Takes the filter from a listener that may have one.
    func detachFilter(from number: Int32) {
        do throws(SystemError) {
            try KernelFilter.detach(from: number)
        } catch {
            // It had none.
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

    /// What has changed since the last time.
    func giveKernelBans(at now: Int64) {
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

    /// Adds what the kernel dropped to the hits of the bans.
    func readKernelHits() {
        for prefix in kernel.bans.keys { readKernelHits(of: prefix) }
    }

    /// Adds what one ban dropped: before it is changed or removed, which forgets it.
    private func readKernelHits(of prefix: IPPrefix) {
        guard let known = kernel.bans[prefix] else { return }
        do throws(SystemError) {
            let hits = try kernel.filter?.hits(ofBan: prefix) ?? known.hits
            guard hits > known.hits else { return }
            bans.addHits(hits - known.hits, of: prefix)
            kernel.bans[prefix] = (known.end, hits)
        } catch {
            // They are counted at the next time.
        }
    }

    /// For `status`.
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
                // Without a filter there is a failure, since the settings want one.
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
