import Addresses
import ServiceModel
import Testing

@testable import Admission

private let second: Int64 = 1_000_000_000
private let source = Source.network(.v4(1))

private func penalties() -> Penalties {
    var penalties = Penalties()
    penalties.exit = [77: 50, 3: 0]
    penalties.failure = 1
    penalties.signal = 20
    penalties.noData = 5
    penalties.lifetime = 10
    penalties.limit = 2
    return penalties
}

struct PenaltyTableTests {
    @Test(
        "each way of ending has its points",
        arguments: [
            (.exit(0), 0, .exit), (.exit(77), 50, .exit), (.exit(3), 0, .exit), (.exit(111), 1, .exit),
            (.signal, 20, .signal), (.noData, 5, .noData), (.lifetime, 10, .lifetime), (.limit, 2, .limit),
        ] as [(ConnectionOutcome, Int, Penalties.Cause)])
    func points(outcome: ConnectionOutcome, points: Int, cause: Penalties.Cause) {
        #expect(penalties().points(for: outcome) == (points, cause))
        var table = PenaltyTable(penalties: penalties(), sourcesPerFamily: 8)
        let proposal = table.add(outcome, of: source, at: 0)
        let score = table.points(of: source, at: 0)
        #expect(proposal == nil)
        #expect(score == points)
    }

    @Test("the outcome that reaches the threshold proposes one ban with its cause, and the source starts again")
    func threshold() {
        var table = PenaltyTable(penalties: penalties(), sourcesPerFamily: 8)
        let proposals = (0..<7).map { _ in table.add(.signal, of: source, at: 0) }
        #expect(proposals == [nil, nil, nil, nil, .signal, nil, nil])
        let points = table.points(of: source, at: 0)
        #expect(points == 40)
    }

    @Test("points that come slowly decay before they reach the threshold")
    func slow() {
        var table = PenaltyTable(penalties: penalties(), sourcesPerFamily: 8)
        // 20 points a half-life add up to less than 40.
        let proposals = (0..<1000 as Range<Int64>).compactMap { table.add(.signal, of: source, at: $0 * 600 * second) }
        #expect(proposals.isEmpty)
    }

    @Test("each source has its own score, and a source without points is not remembered")
    func apart() {
        var table = PenaltyTable(penalties: penalties(), sourcesPerFamily: 1024)
        for host: UInt32 in 0..<100 { _ = table.add(.signal, of: .network(.v4(host)), at: 0) }
        let points = (0..<100 as Range<UInt32>).map { table.points(of: .network(.v4($0)), at: 0) }
        #expect(points.allSatisfy { $0 == 20 })
        let other = [table.points(of: .network(.v6(1)), at: 0), table.points(of: .user(1), at: 0)]
        #expect(other == [0, 0])
        #expect(Penalties().areNone && !penalties().areNone)
    }

    @Test("many sources make the table forget those without points, which loses nothing")
    func manySources() {
        var table = PenaltyTable(penalties: penalties(), sourcesPerFamily: 256)
        for host: UInt32 in 0..<20_000 {
            // A few half-lives reduce a point to less than one.
            _ = table.add(.exit(1), of: .network(.v4(host)), at: Int64(host) * 20 * second)
        }
        let forgotten = table.forgotten
        #expect(forgotten == 0)
    }
}
