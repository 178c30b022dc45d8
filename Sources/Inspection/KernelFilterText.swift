// The state of the filter in the kernel, as `doorward status` and `explain` show it.
package import Control
internal import LinuxSystem

extension KernelFilterStatus {
    /// For people: the drops, or the reason why there is no filter.
    package var text: String {
        switch self {
        case .off: return "off: kernel_filter = false"
        case .unavailable(let error): return "off: \(error)"
        case .on(let filter):
            guard case .counted(let byBans, let byBlockList) = filter.drops else {
                return filter.reason.map { "\($0)" } ?? ""
            }
            let parts: [String?] = [
                "dropped \(byBans) SYNs by bans, \(byBlockList) by the block list", filter.failure?.description,
                filter.bansFailure?.description, filter.blockListGap?.text,
            ]
            return parts.compactMap { $0 }.joined(separator: "; ")
        }
    }

    /// For programs: a reason is a name of errno, or a word.
    var json: JSON {
        var (state, reason) = ("on", SystemError?.none)
        var filter = Filter()
        switch self {
        case .off: state = "off"
        case .unavailable(let error): (state, reason) = ("unavailable", error)
        case .on(let found): (filter, reason) = (found, found.reason)
        }
        var (byBans, byBlockList) = (JSON.null, JSON.null)
        if case .on = self, case .counted(let bans, let blockList) = filter.drops {
            (byBans, byBlockList) = (.integer(bans), .integer(blockList))
        }
        return [
            "state": .string(state), "reason": JSON(reason?.errno.name), "dropped_by_bans": byBans,
            "dropped_by_block_list": byBlockList, "has_bans": .boolean(hasBans),
            "bans_reason": JSON(filter.bansFailure?.errno.name), "has_block_list": .boolean(hasBlockList),
            "block_list_reason": JSON(filter.blockListGap?.word),
        ]
    }
}

extension KernelFilterStatus.Filter {
    /// The reason why the filter is not complete: its counters cannot be read, or a listener has no filter.
    fileprivate var reason: SystemError? {
        if case .unreadable(let error) = drops { error } else { failure }
    }
}

extension KernelFilterStatus.BlockListGap {
    fileprivate var text: String {
        switch self {
        case .tooLong(let lines, let most): "the block list has \(lines) lines, and at most \(most) go to the kernel"
        case .failed(let error): "\(error)"
        }
    }

    fileprivate var word: String {
        switch self {
        case .tooLong: "too_long"
        case .failed(let error): error.errno.name
        }
    }
}
