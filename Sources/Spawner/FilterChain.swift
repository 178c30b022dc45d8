// The processes of one connection, and what the end of one means for the others. Pure.
//
//     socket -> [input filters] -> handler -> [output filters] -> socket
//
// Promises: a program reads the end of its input only after the program before it has ended well, or has ended its own
// output by shutdown(2). An input filter is terminated when the program that reads from it has ended. A filter that
// fails ends the whole chain, and the peer does not take the part that came through for the whole. A service without
// filters is a chain of one.
internal import ServiceModel

/// A set of positions in a chain.
package struct StageSet: Hashable, Sendable {
    private var bits: UInt16 = 0

    package init() {}
    package init(_ range: Range<Int>) { bits = UInt16((1 << range.count) - 1) << UInt16(range.lowerBound) }

    package var isEmpty: Bool { bits == 0 }
    package var highest: Int? { isEmpty ? nil : UInt16.bitWidth - 1 - bits.leadingZeroBitCount }
    package func contains(_ position: Int) -> Bool { bits & 1 << UInt16(position) != 0 }
    package mutating func insert(_ position: Int) { bits |= 1 << UInt16(position) }
    package mutating func remove(_ position: Int) { bits &= ~(1 << UInt16(position)) }
    package mutating func formUnion(_ other: StageSet) { bits |= other.bits }
    package mutating func subtract(_ other: StageSet) { bits &= ~other.bits }
    package func intersection(_ other: StageSet) -> StageSet {
        var both = self
        both.bits &= other.bits
        return both
    }
}

package struct FilterChain: Hashable, Sendable {
    /// The number of programs.
    package let count: Int
    /// The position of the handler.
    package let handler: Int
    package private(set) var running = StageSet()
    /// Whether a filter has failed.
    package private(set) var isBroken = false
    private var unstarted: StageSet
    /// The programs that are being terminated: how one of them ends means nothing.
    private var terminating = StageSet()

    /// The most programs of one connection: the filters of both directions and the handler.
    package static let longest = Service.mostFilters * 2 + 1

    package init(inputFilters: Int, outputFilters: Int) {
        count = inputFilters + 1 + outputFilters
        precondition(count <= Self.longest, "a service has at most \(Service.mostFilters) filters in each direction")
        handler = inputFilters
        unstarted = StageSet(0..<count)
    }

    /// The program to start next. The last of the chain comes first, so that a reader exists before its writer. nil
    /// when all were started, or need not be any more.
    package var next: Int? { unstarted.highest }

    /// Whether no program runs and none is to be started.
    package var isOver: Bool { running.isEmpty && unstarted.isEmpty }

    package mutating func started(_ position: Int) {
        unstarted.remove(position)
        running.insert(position)
    }

    /// How a program ended.
    package enum End: Hashable, Sendable {
        /// With status 0, or because the program that read from it had ended.
        case orderly
        case failed
    }

    /// What follows from the end of a program.
    package struct ChainActions: Hashable, Sendable {
        /// The programs to terminate.
        package var terminate = StageSet()
        /// Whether the reader of its output reads the end now: the next program, or the peer after the last program.
        package var endsOutput = false
        /// Whether no process reads the handler's output any more, be it running or not started yet. The handler may be
        /// about to end by itself and gets a little time for it, because its end is the connection's status.
        package var leavesHandlerAlone = false
        /// Whether this end broke the chain.
        package var breaks = false
    }

    /// Records that a program has ended.
    package mutating func ended(_ position: Int, _ end: End) -> ChainActions {
        var actions = ChainActions()
        running.remove(position)
        if end == .failed, position != handler, !terminating.contains(position), !isBroken {
            isBroken = true
            actions.breaks = true
            actions.terminate = markTerminating(StageSet(0..<count))
        } else {
            actions.endsOutput = !isBroken
            if position > handler {
                // A handler that could not be started yet may still start.
                actions.leavesHandlerAlone = running.contains(handler) || unstarted.contains(handler)
            } else {
                actions.terminate = markTerminating(StageSet(0..<position))
            }
        }
        return actions
    }

    /// The programs that get the signal that asks a connection to end: the handler alone, which may have something to
    /// say to the peer, or every program that is left after the handler's end.
    package mutating func askToEnd() -> StageSet {
        var handlerOnly = StageSet()
        handlerOnly.insert(handler)
        return markTerminating(running.contains(handler) ? handlerOnly : StageSet(0..<count))
    }

    /// Every program that is left. From now on no program is started.
    package mutating func endAll() -> StageSet {
        _ = markTerminating(StageSet(0..<count))
        return running
    }

    /// - Returns: the programs among these positions that run and were not being terminated before.
    private mutating func markTerminating(_ positions: StageSet) -> StageSet {
        var now = running.intersection(positions)
        now.subtract(terminating)
        unstarted.subtract(positions)
        terminating.formUnion(positions)
        return now
    }
}
