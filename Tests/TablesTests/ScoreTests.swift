import Tables
import TestSupport
import Testing

private let second: Int64 = 1_000_000_000

struct ScoreTests {
    @Test("each half-life halves the points", arguments: [(0, 1000), (600, 500), (1200, 250), (6000, 0), (6001, 0)])
    func halves(seconds: Int64, expected: Int) {
        var score = Score(at: 0)
        score.add(1000, halfLife: 600 * second, at: 0)
        score.decay(halfLife: 600 * second, at: seconds * second)
        // A step takes a fraction of 2^-32 too much.
        #expect(score.points == expected || score.points == expected - 1)
    }

    @Test("it does not matter how often a score is read", arguments: 0..<8)
    func often(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let halfLife = Int64.random(in: second...3600 * second, using: &random)
        var watched = Score(at: 0)
        var left = Score(at: 0)
        watched.add(100_000, halfLife: halfLife, at: 0)
        left.add(100_000, halfLife: halfLife, at: 0)
        var now: Int64 = 0
        for _ in 0..<1000 {
            now += .random(in: 0...halfLife / 200, using: &random)
            watched.decay(halfLife: halfLife, at: now)
        }
        left.decay(halfLife: halfLife, at: now)
        #expect(abs(watched.points - left.points) <= 1)
        #expect(left.points > 0 && left.points < 100_000)
    }

    @Test("a score follows the curve of its half-life within a step", arguments: 1..<40)
    func curve(part: Int64) {
        var score = Score(at: 0)
        score.add(1_000_000, halfLife: 640 * second, at: 0)
        score.decay(halfLife: 640 * second, at: part * 10 * second)
        // Half a point for every 64 parts; the simple way multiplies by 2^(-1/64) for each part.
        let exact = (0..<part).reduce(1_000_000.0) { value, _ in value * 0.989_228_013_193_975_5 }
        #expect(Double(score.points) <= exact * 1.022 && Double(score.points) >= exact * 0.999)
    }

    @Test("no clock makes a score trap, and a clock that goes back forgets nothing")
    func clocks() {
        var score = Score(at: .min)
        score.add(.max, halfLife: 1, at: .min)
        score.add(.max, halfLife: .max, at: .min)
        #expect(score.points == Score.mostPoints)
        var later = score
        later.decay(halfLife: second, at: .max)
        #expect(later.points == 0)
        var earlier = Score(at: .max)
        earlier.add(50, halfLife: second, at: .max)
        earlier.decay(halfLife: second, at: .min)
        #expect(earlier.points == 50)
        earlier.decay(halfLife: second, at: .min + second)
        #expect((24...25).contains(earlier.points))
    }
}
