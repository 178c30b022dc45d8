// The sums of what the gates of one service have counted, as plain numbers.
package import Wire

/// A number for each ``GateCounter``; the gates of earlier definitions of the service are included.
package struct ServiceCounts: Hashable, Sendable {
    private var values = Array(repeating: 0, count: GateCounter.allCases.count)

    package init() {}

    package subscript(counter: GateCounter) -> Int {
        get { values[counter.index] }
        set { values[counter.index] = newValue }
    }

    /// Refused connections, of every cause together.
    package var refused: Int {
        GateCounter.allCases.reduce(0) { if case .refused = $1 { $0.saturatingSum(self[$1]) } else { $0 } }
    }

    /// Adds the numbers of another gate. An attacker may control it: a sum stops at the largest number.
    package mutating func add(_ other: ServiceCounts) {
        for counter in GateCounter.allCases { self[counter] = self[counter].saturatingSum(other[counter]) }
    }
}

extension Int {
    /// The sum of two numbers that are not negative, or the largest number.
    package func saturatingSum(_ other: Int) -> Int {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? .max : sum
    }
}

extension ServiceCounts: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(values) }

    package init(from reader: inout WireReader) throws(WireError) {
        values = try reader.list()
        guard values.count == GateCounter.allCases.count, values.allSatisfy({ $0 >= 0 }) else { throw WireError() }
    }
}
