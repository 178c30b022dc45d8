// The processes of one connection, and what the end of one means for the others. Pure.
//
//     socket -> [input filters] -> handler -> [output filters] -> socket
//
// Promises: the end of input travels on only when the program before has ended well, or has said so itself by shutdown(2); an
// input filter whose reader has gone is told to end; a filter that fails ends everything, and nobody takes what came through
// it so far for the whole. A service without filters is a chain of one.

/// A set of places in a chain.
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
    /// How many programs there are.
    package let count: Int
    /// Which of them is the handler.
    package let handler: Int
    package private(set) var running = StageSet()
    /// A filter has failed.
    package private(set) var isBroken = false
    private var unstarted: StageSet
    /// Those that were told to end: how they do it says nothing.
    private var terminating = StageSet()

    package static let longest = 9

    package init(inputFilters: Int, outputFilters: Int) {
        count = inputFilters + 1 + outputFilters
        precondition(count <= Self.longest, "a service has at most four filters in each direction")
        handler = inputFilters
        unstarted = StageSet(0..<count)
    }

    /// The program to start next, the last of the chain first: who reads is there before who writes. nil when all were
    /// started, or need not be any more.
    package var next: Int? { unstarted.highest }

    /// Whether nothing runs and nothing is to be started.
    package var isOver: Bool { running.isEmpty && unstarted.isEmpty }

    package mutating func started(_ position: Int) {
        unstarted.remove(position)
        running.insert(position)
    }

    /// How a program ended.
    package enum End: Hashable, Sendable {
        /// With status 0, or because its reader had gone.
        case orderly
        case failed
    }

    /// What follows from an end.
    package struct ChainActions: Hashable, Sendable {
        /// To be told to end.
        package var terminate = StageSet()
        /// Whether whoever reads from it finds the end now: the next program, or behind the last one the peer.
        package var endsOutput = false
        /// Whether the handler, started or not, now writes for nobody. It may be about to end by itself, and has a little time
        /// for it: how it ends is the connection's status.
        package var leavesHandlerAlone = false
        /// Whether this is what broke the chain.
        package var breaks = false
    }

    /// A program has ended.
    package mutating func ended(_ position: Int, _ end: End) -> ChainActions {
        var steps = ChainActions()
        running.remove(position)
        if end == .failed, position != handler, !terminating.contains(position), !isBroken {
            isBroken = true
            steps.breaks = true
            steps.terminate = tell(StageSet(0..<count))
        } else {
            steps.endsOutput = !isBroken
            if position > handler {
                // One that could not be started yet may be still.
                steps.leavesHandlerAlone = running.contains(handler) || unstarted.contains(handler)
            } else {
                steps.terminate = tell(StageSet(0..<position))
            }
        }
        return steps
    }

    /// Who gets the signal that asks a connection to end: the handler, which may have something to say to the peer; when it
    /// has ended, whoever is left.
    package mutating func askToEnd() -> StageSet {
        var handlerOnly = StageSet()
        handlerOnly.insert(handler)
        return tell(running.contains(handler) ? handlerOnly : StageSet(0..<count))
    }

    /// Everybody who is left, and nobody is started any more.
    package mutating func endAll() -> StageSet {
        _ = tell(StageSet(0..<count))
        return running
    }

    /// - Returns: those of them that run and were not told before.
    private mutating func tell(_ positions: StageSet) -> StageSet {
        var now = running.intersection(positions)
        now.subtract(terminating)
        unstarted.subtract(positions)
        terminating.formUnion(positions)
        return now
    }
}
