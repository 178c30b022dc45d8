import Messages
import ServiceModel
import Testing
import Wire

/// Counts with a different number in each.
private func counts(_ first: Int) -> ServiceCounts {
    var counts = ServiceCounts()
    for (number, counter) in GateCounter.allCases.enumerated() { counts[counter] = first + number }
    return counts
}

struct ServiceCountsTests {
    @Test("every counter has an index and a name of its own")
    func counters() {
        #expect(GateCounter.allCases.map(\.index) == Array(GateCounter.allCases.indices))
        #expect(Set(GateCounter.allCases.map(\.name)).count == GateCounter.allCases.count)
        #expect(GateCounter.refused(.sourceLimit).name == "source_limit" && GateCounter.active.name == "active")
    }

    @Test("counts are separate, and add up one by one")
    func values() {
        var sum = counts(1)
        sum.add(counts(10))
        for (number, counter) in GateCounter.allCases.enumerated() { #expect(sum[counter] == 11 + 2 * number) }
    }

    @Test("a sum stops at the largest number")
    func saturated() {
        var sum = counts(.max - 1000)
        sum.add(counts(2000))
        #expect(GateCounter.allCases.allSatisfy { sum[$0] == .max })
        #expect(sum.refused == .max)
    }

    @Test("a negative count is none")
    func negative() { #expect(ServiceCounts(wireBytes: counts(-1).wireBytes) == nil) }

    @Test("the number of refused connections is the sum over all causes, and nothing else")
    func refused() {
        var counts = ServiceCounts()
        for counter in GateCounter.allCases { counts[counter] = 1000 }
        for (number, cause) in RefusalCause.allCases.enumerated() { counts[.refused(cause)] = 1 << number }
        #expect(counts.refused == 1 << RefusalCause.allCases.count - 1)
    }

    @Test("counts read back unchanged, and a list of another length is no counts")
    func wire() {
        #expect(ServiceCounts(wireBytes: counts(1).wireBytes) == counts(1))
        #expect(ServiceCounts(wireBytes: counts(1).wireBytes.dropLast(8) + []) == nil)
    }
}
