// What the filter in the kernel has dropped, and why it does not know everything or is not there.
package import LinuxSystem
package import Wire

/// The state of the kernel's filter at one moment.
package enum KernelFilterStatus: Hashable, Sendable {
    /// The settings want none.
    case off
    /// The kernel does not make one.
    case unavailable(SystemError)
    case on(Filter)

    /// A filter that there is.
    package struct Filter: Hashable, Sendable {
        package var drops = Drops.none
        /// Why a listener is without it; nil: every listener has it.
        package var failure: SystemError?
        /// Why it does not know all the bans; nil: it does.
        package var bansFailure: SystemError?
        /// Why it does not know the block list; nil: it does.
        package var blockListGap: BlockListGap?

        package init() {}
    }

    /// SYN segments that were dropped.
    package enum Drops: Hashable, Sendable {
        case counted(byBans: Int, byBlockList: Int)
        /// The counters cannot be read.
        case unreadable(SystemError)

        package static let none = Drops.counted(byBans: 0, byBlockList: 0)
    }

    /// Why the kernel does not have the block list.
    package enum BlockListGap: Hashable, Sendable {
        /// It has more lines than the supervisor gives to the kernel.
        case tooLong(lines: Int, most: Int)
        case failed(SystemError)
    }

    /// Whether it drops every source that is banned.
    package var hasBans: Bool { if case .on(let filter) = self { filter.bansFailure == nil } else { false } }

    /// Whether it drops every source on the block list.
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
