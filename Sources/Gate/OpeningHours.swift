// The clock and the machine's load, read for ClosedReason: once a second at most, and without a file, because a gate
// has none to read.
internal import Admission
internal import LinuxSystem
internal import ServiceModel

/// Whether one service is open.
struct OpeningHours: Sendable {
    private let hours: Hours?
    private let mostLoad: Int?
    private var closedReason: ClosedReason?
    private var lookAt: Int64 = .min

    private static let interval: Int64 = 1_000_000_000

    /// Takes the zone's rules into memory: to be made before the sandbox is taken on.
    ///
    /// Errors: the zone cannot be read.
    init(_ settings: AdmissionSettings) throws(SystemError) {
        hours = settings.hours
        mostLoad = settings.mostLoad
        if hours != nil { try LocalTime.load(zone: settings.timeZone) }
    }

    /// Why the service is closed; nil: it is open.
    mutating func closedReason(at now: Int64) -> ClosedReason? {
        guard hours != nil || mostLoad != nil, now >= lookAt else { return closedReason }
        lookAt = now + Self.interval
        closedReason = ClosedReason(
            hours: hours, minute: WeekMinute(number: LocalTime.minuteOfWeek()), mostLoad: mostLoad,
            load: Processes.load())
        return closedReason
    }
}
