// The points that a source collects for ways of ending: `[penalties]`.
// By default no way of ending gives points: an administrator that wants bans says for what.
internal import Tables

/// Points for each way of ending, and the ban of a source that has collected too many.
package struct Penalties: Hashable, Sendable {
    /// A way for a connection to end that may give points. The raw value is its name in the file, the log and the state
    /// directory.
    package enum Cause: String, CaseIterable, Hashable, Sendable {
        /// The handler exited with a status that has points of its own, or with another status than 0 (`failure`).
        case exit
        /// A signal that Doorward did not send ended the handler.
        case signal
        /// The peer closed before its first byte.
        case noData = "no_data"
        /// The handler reached its lifetime.
        case lifetime
        /// The source's limit of connections or its rate refused the connection.
        case limit
    }

    /// Points for an exit status. Another status gives ``failure``; 0 gives none unless it is in this table.
    package var exit: [UInt8: Int] = [:]
    package var failure = 0
    package var signal = 0
    package var noData = 0
    package var lifetime = 0
    package var limit = 0
    /// The number of points at which a source is banned. 1 to ``mostPoints``.
    package var threshold = 100
    /// The time after which half of the points are left. In nanoseconds, at least ``shortestHalfLife``.
    package var halfLife: Int64 = 600_000_000_000
    /// The duration of the first ban; each further one takes twice as long as the one before. In nanoseconds.
    package var ban: Int64 = 600_000_000_000
    /// The longest duration of a ban. In nanoseconds.
    package var longest: Int64 = 86_400_000_000_000

    /// The most points of a cause and of the threshold.
    package static let mostPoints = Score.mostPoints
    /// One second, in nanoseconds.
    package static let shortestHalfLife: Int64 = 1_000_000_000

    package init() {}

    /// Whether no way of ending gives points, so that a gate need not remember any source.
    package var areNone: Bool {
        exit.isEmpty && failure == 0 && signal == 0 && noData == 0 && lifetime == 0 && limit == 0
    }
}

extension Penalties {
    /// The keys of `[penalties]`.
    package static var keys: [Key<Penalties>] {
        let points = Form.count(0...mostPoints)
        return [
            Key("exit", \.exitPoints, .own(.exitPoints)),
            Key("failure", \.failure, points, remark: " points"),
            Key("signal", \.signal, points, remark: " points"),
            Key("no_data", \.noData, points, .common, .needsValue(of: "start", "data"), remark: " points"),
            Key("lifetime", \.lifetime, points, remark: " points"),
            Key("limit", \.limit, points, remark: " points"),
            Key("threshold", \.threshold, .count(1...mostPoints), remark: " points"),
            Key("half_life", \.halfLife, .duration(.second)),
            Key("ban", \.ban, .duration(.second), remark: ", each further one twice as long"),
            Key("longest_ban", \.longest, .duration(.second)),
        ]
    }

    private var exitPoints: [ExitPoints] {
        get { exit.sorted { $0.key < $1.key }.map { ExitPoints(status: $0.key, points: $0.value) } }
        set { exit = Dictionary(newValue.map { ($0.status, $0.points) }) { first, _ in first } }
    }
}

/// An exit status and its points.
private struct ExitPoints: Setting {
    var status: UInt8
    var points: Int

    init(status: UInt8, points: Int) {
        self.status = status
        self.points = points
    }

    var setting: SettingValue { .list([status.setting, points.setting]) }
    init?(setting: SettingValue) {
        guard let parts = setting.list, parts.count == 2, let status = UInt8(setting: parts[0]),
            let points = Int(setting: parts[1])
        else { return nil }
        self.init(status: status, points: points)
    }
}

/// How a connection ended, or why there was none.
package enum ConnectionOutcome: Hashable, Sendable {
    case exit(UInt8)
    case signal
    case noData
    case lifetime
    case limit
}

extension Penalties {
    /// The points for an outcome, and its cause.
    package func points(for outcome: ConnectionOutcome) -> (points: Int, cause: Cause) {
        switch outcome {
        case .exit(let status): (exit[status] ?? (status == 0 ? 0 : failure), .exit)
        case .signal: (signal, .signal)
        case .noData: (noData, .noData)
        case .lifetime: (lifetime, .lifetime)
        case .limit: (limit, .limit)
        }
    }
}
