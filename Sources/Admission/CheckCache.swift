// What the checks of one service have said about sources, for as long as it holds.
// Pure: the clock is a parameter. Promises what ForgettingMap does: memory once, and strangers make it forget, never grow.

/// What the checks of a service say of a source.
package enum CheckAnswer: Hashable, Sendable {
    case passed
    /// By the check with this index, which ended with another status than 0.
    case refused(check: Int)

    /// Why the checks refuse the source; nil: they do not.
    package var refusal: Refusal? {
        guard case .refused(let check) = self else { return nil }
        return .check(check)
    }
}

/// Answers by source.
package struct CheckCache: ~Copyable {
    /// Nanoseconds that an answer holds.
    private let holds: Int64
    private var answers: SourceMap<Entry>

    // Package because Swift 6.3 cannot tear a map of private ones down in another module.
    package struct Entry: BitwiseCopyable {
        /// The check that refuses; -1 for none.
        var refusing: Int8
        /// Monotonic.
        var until: Int64
    }

    /// Sources of each family that are remembered.
    package static let standardSources = 8192

    /// - Parameter holds: nanoseconds; 0: not at all.
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

    /// What is known of a source; nil when it has to be checked.
    package func answer(for source: Source, at now: Int64) -> CheckAnswer? {
        guard let entry = answers.value(of: source), now < entry.until else { return nil }
        return entry.refusing < 0 ? .passed : .refused(check: Int(entry.refusing))
    }
}
