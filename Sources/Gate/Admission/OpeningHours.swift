// Reads the clock and the machine's load for ClosedReason, once a second at most, and without a file, because a gate
// may not read any.
internal import Admission
internal import LinuxSystem
internal import ServiceModel

/// Whether one service is open now.
struct OpeningHours: Sendable {
    private let hours: Hours?
    private let mostLoad: Int?
    private var closedReason: ClosedReason?
    private var readAt: Int64 = .min

    private static let interval: Int64 = 1_000_000_000

    /// Loads the rules of the time zone into memory, so it must be called before the gate enters the sandbox.
    ///
    /// Errors: the time zone cannot be read.
    init(_ settings: AdmissionSettings) throws(SystemError) {
        hours = settings.hours
        mostLoad = settings.mostLoad
        if hours != nil { try LocalTime.load(zone: settings.timeZone) }
    }

    /// Why the service is closed; nil: it is open.
    mutating func closedReason(at now: Int64) -> ClosedReason? {
        guard hours != nil || mostLoad != nil, now >= readAt else { return closedReason }
        readAt = now + Self.interval
        closedReason = ClosedReason(
            hours: hours, minute: WeekMinute(number: LocalTime.minuteOfWeek()), mostLoad: mostLoad,
            load: Processes.load())
        return closedReason
    }
}
