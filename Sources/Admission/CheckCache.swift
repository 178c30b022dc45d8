// The answers of a service's checks about sources, each for as long as it holds.
// Pure: the clock is a parameter. Promises what ForgettingMap does: memory is taken once; new sources make it forget,
// and never grow.

/// The answer of a service's checks about a source.
package enum CheckAnswer: Hashable, Sendable {
    case passed
    /// The check with this index refused: it ended with a status other than 0.
    case refused(check: Int)

    /// Why the checks refuse the source; nil: they do not.
    package var refusal: Refusal? {
        guard case .refused(let check) = self else { return nil }
        return .check(check)
    }
}

/// Answers by source.
package struct CheckCache: ~Copyable {
    /// The nanoseconds for which an answer holds.
    private let holds: Int64
    private var answers: SourceMap<Entry>

    // Package, because Swift 6.3 cannot destroy a map of private values in another module.
    package struct Entry: BitwiseCopyable {
        /// The index of the check that refuses; -1 for none.
        var refusing: Int8
        /// Monotonic.
        var until: Int64
    }

    /// The sources of each family that the cache remembers.
    package static let standardSources = 8192

    /// - Parameter holds: the nanoseconds for which an answer holds; 0: answers are not kept.
    package init(holds: Int64, sourcesPerFamily: Int = CheckCache.standardSources) {
        self.holds = holds
        answers = SourceMap(perFamily: sourcesPerFamily)
    }

    /// Keeps an answer.
    ///
    /// - Parameter now: nanoseconds of the monotonic clock.
    package mutating func learn(_ answer: CheckAnswer, of source: Source, at now: Int64) {
        guard holds > 0 else { return }
        let refusing: Int8 = if case .refused(let check) = answer { Int8(check) } else { -1 }
        let (until, overflowed) = now.addingReportingOverflow(holds)
        let entry = Entry(refusing: refusing, until: overflowed ? .max : until)
        answers.update(source, initial: entry, isIdle: { now >= $0.until }) { $0 = entry }
    }

    /// The answer for a source; nil when it has to be checked.
    package func answer(for source: Source, at now: Int64) -> CheckAnswer? {
        guard let entry = answers.value(of: source), now < entry.until else { return nil }
        return entry.refusing < 0 ? .passed : .refused(check: Int(entry.refusing))
    }
}
