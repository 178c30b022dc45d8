// Bans and the block list as a kernel filter on the listening sockets, where the rights and the settings allow it.
// The gates check every connection that the kernel lets pass by their own tables, so a failure here is a part of the
// status, and changes nothing else.
internal import Addresses
internal import Admission
internal import Control
internal import LinuxSystem

/// The owner of the kernel's filter: the bans and the list that it has, and what could not be added to it.
struct ListenerFilter: ~Copyable {
    private var isWanted = false
    private var filter: KernelFilter?
    /// Why there is no filter, or why a listener has none; nil: no failure.
    private var failure: SystemError?
    /// Why the filter lacks the block list; nil: it has it.
    private var blockListGap: KernelFilterStatus.BlockListGap?
    /// Why the filter lacks bans; nil: it has all of them.
    private var bansFailure: SystemError?
    /// By prefix: the end of the ban in the kernel, and the hits that were read from it.
    private var bans: [IPPrefix: (end: Int64, hits: UInt64)] = [:]
    private var exempt: [IPPrefix] = []

    /// Connections that the kernel has dropped because of a ban.
    struct Hit: Hashable {
        let prefix: IPPrefix
        let count: UInt64
    }

    /// The most lines of a block list in the filter. A longer list would take seconds to add, and 140 bytes of kernel
    /// memory for each line.
    private static let mostListed = 100_000

    /// Makes the filter or removes it.
    ///
    /// - Parameter listeners: the open sockets that it is for.
    /// - Returns: whether a filter was made, which has no block list yet.
    mutating func apply(isWanted: Bool, mostBans: Int, listeners: [Int32]) -> Bool {
        guard isWanted else {
            for number in listeners { detach(from: number) }
            self = ListenerFilter()
            return false
        }
        guard filter == nil else { return false }
        self = ListenerFilter()
        self.isWanted = true
        do throws(SystemError) {
            filter = try KernelFilter(mostBans: mostBans)
        } catch {
            failure = error
            return false
        }
        for number in listeners { attach(to: number) }
        return true
    }

    /// Attaches the filter to a new listener, before a gate accepts from it.
    mutating func attach(to number: Int32) {
        do throws(SystemError) {
            switch filter {
            case .some(let filter): try filter.attach(to: number)
            case .none: return
            }
        } catch {
            failure = error
        }
    }

    /// Detaches the filter from a listener, if it has one.
    func detach(from number: Int32) {
        do throws(SystemError) {
            try KernelFilter.detach(from: number)
        } catch {
            // The listener had no filter.
        }
    }

    /// Replaces the block list in the kernel.
    mutating func take(_ blockList: BlockListFile) {
        guard filter != nil else { return }
        let count = blockList.entryCount
        let isTooLong = count > Self.mostListed
        blockListGap = isTooLong ? .tooLong(lines: count, most: Self.mostListed) : nil
        do throws(SystemError) {
            let list = try KernelBlockList(of: isTooLong ? [] : blockList.prefixes())
            try filter?.replaceBlockList(with: list)
        } catch {
            blockListGap = .failed(error)
        }
    }

    /// Updates the kernel's bans with the changes since the last call.
    ///
    /// - Returns: the hits of the bans that were changed or removed, because that resets their counts.
    mutating func take(_ effective: [Ban], exempt wantedExempt: [IPPrefix]) -> [Hit] {
        guard filter != nil else { return [] }
        bansFailure = nil
        var hits: [Hit] = []
        var wanted: [IPPrefix: Int64] = [:]
        for ban in effective { wanted[ban.prefix] = ban.end }
        do throws(SystemError) {
            for prefix in exempt where !wantedExempt.contains(prefix) { try filter?.remove(prefix) }
            for prefix in bans.keys where wanted[prefix] == nil {
                readHits(of: prefix, into: &hits)
                try filter?.remove(prefix)
                bans[prefix] = nil
            }
            for prefix in wantedExempt where !exempt.contains(prefix) { try filter?.exempt(prefix) }
            exempt = wantedExempt
            for (prefix, end) in wanted where bans[prefix]?.end != end {
                readHits(of: prefix, into: &hits)
                try filter?.ban(prefix, until: end)
                bans[prefix] = (end, 0)
            }
        } catch {
            bansFailure = error
        }
        return hits
    }

    /// The connections that the kernel has dropped since the last call.
    mutating func readHits() -> [Hit] {
        var hits: [Hit] = []
        for prefix in bans.keys { readHits(of: prefix, into: &hits) }
        return hits
    }

    private mutating func readHits(of prefix: IPPrefix, into hits: inout [Hit]) {
        guard let known = bans[prefix] else { return }
        do throws(SystemError) {
            let count = try filter?.hits(ofBan: prefix) ?? known.hits
            guard count > known.hits else { return }
            hits.append(Hit(prefix: prefix, count: count - known.hits))
            bans[prefix] = (known.end, count)
        } catch {
            // The next call counts them.
        }
    }

    /// Why the kernel drops nobody; nil when it does.
    var problem: String? { isWanted ? failure?.description : "kernel_filter = false" }

    /// The state of the filter, for `status`.
    var status: KernelFilterStatus {
        guard isWanted else { return .off }
        var status = KernelFilterStatus.Filter()
        do throws(SystemError) {
            switch filter {
            case .some(let filter):
                let drops = try filter.drops()
                status.drops = .counted(
                    byBans: Int(clamping: drops.byBans), byBlockList: Int(clamping: drops.byBlockList))
            case .none:
                // The settings ask for a filter here, so that a missing one has a failure.
                return failure.map { .unavailable($0) } ?? .off
            }
        } catch {
            status.drops = .unreadable(error)
        }
        status.failure = failure
        status.bansFailure = bansFailure
        status.blockListGap = blockListGap
        return .on(status)
    }
}
