// The scores of all sources of one service, in bounded memory, and the time at which a source has collected too many
// points.
// The table proposes bans. The ban table decides whether there is one, how long it lasts and for which prefix, because
// it knows the bans before. A source that was proposed starts again without points.
// Promises what ForgettingMap does: memory is taken once, a lookup reads eight entries, and nothing is allocated.
// Sources with less than a point left are forgotten first.
package import ServiceModel
internal import Tables

/// Collects points, and reports when a source has too many.
package struct PenaltyTable: ~Copyable {
    private let penalties: Penalties
    private var scores: SourceMap<Score>

    package init(penalties: Penalties, sourcesPerFamily: Int = RateTable.standardSources) {
        self.penalties = penalties
        scores = SourceMap(perFamily: sourcesPerFamily)
    }

    /// Adds the points for the end of a connection.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    /// - Returns: the cause to ban the source for, when it has reached the threshold.
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
