// Whether a service takes anybody at this moment: its hours, and the load of the machine.
// Both are looked at once a second at most, and cost no file: a gate has none to read.
internal import Admission
internal import LinuxSystem
internal import ServiceModel

/// Open, or why not.
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

    /// Why nobody is taken; nil when everybody may come.
    mutating func closedReason(at now: Int64) -> ClosedReason? {
        guard hours != nil || mostLoad != nil, now >= lookAt else { return closedReason }
        lookAt = now + Self.interval
        closedReason = currentReason()
        return closedReason
    }

    private func currentReason() -> ClosedReason? {
        if let hours, !hours.contains(WeekMinute(number: LocalTime.minuteOfWeek())) { return .hours }
        if let mostLoad, Processes.load() > mostLoad { return .load }
        return nil
    }
}
