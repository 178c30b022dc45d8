// The state of the filter in the kernel: its drops, and the reasons why it is incomplete or missing.
package import LinuxSystem
package import Wire

/// The state of the kernel's filter at one moment.
package enum KernelFilterStatus: Hashable, Sendable {
    /// The settings turn it off.
    case off
    /// The kernel refuses to make one.
    case unavailable(SystemError)
    case on(Filter)

    /// The state of a filter that exists.
    package struct Filter: Hashable, Sendable {
        package var drops = Drops.none
        /// The reason why a listener has no filter; nil: every listener has it.
        package var failure: SystemError?
        /// The reason why the filter does not have all bans; nil: it has them.
        package var bansFailure: SystemError?
        /// The reason why the filter does not have the block list; nil: it has it.
        package var blockListGap: BlockListGap?

        package init() {}
    }

    /// The number of SYN segments that the filter has dropped.
    package enum Drops: Hashable, Sendable {
        case counted(byBans: Int, byBlockList: Int)
        /// The counters cannot be read.
        case unreadable(SystemError)

        package static let none = Drops.counted(byBans: 0, byBlockList: 0)
    }

    /// The reason why the kernel does not have the block list.
    package enum BlockListGap: Hashable, Sendable {
        /// The block list has more lines than the supervisor gives to the kernel.
        case tooLong(lines: Int, most: Int)
        case failed(SystemError)
    }

    /// Whether the filter drops every banned source.
    package var hasBans: Bool { if case .on(let filter) = self { filter.bansFailure == nil } else { false } }

    /// Whether the filter drops every source on the block list.
    package var hasBlockList: Bool { if case .on(let filter) = self { filter.blockListGap == nil } else { false } }
}

extension KernelFilterStatus: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .off: writer.write(0)
        case .unavailable(let error):
            writer.write(1)
            writer.write(error: error)
        case .on(let filter):
            writer.write(2)
            writer.write(filter)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .off
        case 1: self = .unavailable(try reader.error())
        case 2: self = .on(try reader.value())
        default: throw WireError()
        }
    }
}

extension KernelFilterStatus.Filter: WireValue {
    package func write(to writer: inout WireWriter) {
        switch drops {
        case .counted(let byBans, let byBlockList):
            writer.write(0)
            writer.write(byBans)
            writer.write(byBlockList)
        case .unreadable(let error):
            writer.write(1)
            writer.write(error: error)
        }
        writer.write(failure.map { Failure($0) })
        writer.write(bansFailure.map { Failure($0) })
        switch blockListGap {
        case nil: writer.write(0)
        case .tooLong(let lines, let most):
            writer.write(1)
            writer.write(lines)
            writer.write(most)
        case .failed(let error):
            writer.write(2)
            writer.write(error: error)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        switch try reader.number() {
        case 0: drops = .counted(byBans: try reader.value(), byBlockList: try reader.value())
        case 1: drops = .unreadable(try reader.error())
        default: throw WireError()
        }
        failure = try reader.optional(Failure.self)?.error
        bansFailure = try reader.optional(Failure.self)?.error
        switch try reader.number() {
        case 0: blockListGap = nil
        case 1: blockListGap = .tooLong(lines: try reader.value(), most: try reader.value())
        case 2: blockListGap = .failed(try reader.error())
        default: throw WireError()
        }
    }
}

/// An error that may be missing.
private struct Failure: WireValue {
    let error: SystemError

    init(_ error: SystemError) { self.error = error }

    package func write(to writer: inout WireWriter) { writer.write(error: error) }

    package init(from reader: inout WireReader) throws(WireError) { error = try reader.error() }
}
