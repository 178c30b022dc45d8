// The scores of all sources of one service, in bounded memory, and the moment when one has collected too many.
// Proposes bans; whether there is one, how long it lasts and for whom is the ban table's decision, which knows the bans
// before. A source that was proposed starts again without points.
// Promises what ForgettingMap does: memory once, eight places looked at, nothing allocated. Sources whose points are all but
// gone are forgotten first.
package import ServiceModel
internal import Tables

/// Collects points, and says when they are enough.
package struct PenaltyTable: ~Copyable {
    private let penalties: Penalties
    private var scores: SourceMap<Score>

    package init(penalties: Penalties, sourcesPerFamily: Int = RateTable.standardSources) {
        self.penalties = penalties
        scores = SourceMap(perFamily: sourcesPerFamily)
    }

    /// Counts the end of a connection.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: what to ban the source for, when this was the point too many.
    package mutating func add(_ outcome: ConnectionOutcome, of source: Source, at now: Int64) -> Penalties.Cause? {
        let (points, cause) = penalties.points(for: outcome)
        guard points > 0 else { return nil }
        let halfLife = penalties.halfLife
        let threshold = penalties.threshold
        let isTooMany = scores.update(source, initial: Score(at: now), isIdle: { isOver($0, halfLife, now) }) { score in
            score.add(points, halfLife: halfLife, at: now)
            guard score.points >= threshold else { return false }
            score = Score(at: now)
            return true
        }
        return isTooMany ? cause : nil
    }

    /// The points of a source now: for `explain`.
    package func points(of source: Source, at now: Int64) -> Int {
        guard var score = scores.value(of: source) else { return 0 }
        score.decay(halfLife: penalties.halfLife, at: now)
        return score.points
    }

    /// Scores that were forgotten while they still counted.
    package var forgotten: UInt64 { scores.forgotten }
}

/// Whether less than a point is left.
private func isOver(_ score: Score, _ halfLife: Int64, _ now: Int64) -> Bool {
    var score = score
    score.decay(halfLife: halfLife, at: now)
    return score.points == 0
}
