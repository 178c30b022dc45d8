// Reads the clock and the machine's load for ClosedReason, once a second at most, and without a file, because a gate
// may not read any.
internal import Admission
package import LinuxSystem
package import ServiceModel

/// The facts about this machine on which it depends whether a service is open.
package struct MachineReading: Hashable, Sendable {
    /// The minute of the week, in the service's time zone.
    package var minute: WeekMinute
    /// The load average of the last minute, in hundredths.
    package var load: Int

    package init(minute: WeekMinute, load: Int) {
        self.minute = minute
        self.load = load
    }

    /// The facts of this moment.
    ///
    /// Errors: the time zone of a service with hours cannot be read.
    package init(for settings: AdmissionSettings) throws(SystemError) {
        try Self.loadZone(of: settings)
        self.init(minute: Self.minute(), load: Processes.load())
    }

    /// Loads the rules of a service's time zone into memory.
    fileprivate static func loadZone(of settings: AdmissionSettings) throws(SystemError) {
        if settings.hours != nil { try LocalTime.load(zone: settings.timeZone) }
    }

    fileprivate static func minute() -> WeekMinute { WeekMinute(number: LocalTime.minuteOfWeek()) }
}

/// Whether one service is open now.
package struct OpeningHours: Sendable {
    private let hours: Hours?
    private let mostLoad: Int?
    /// nil: the clock and the load, as they are.
    private let fixed: MachineReading?
    private var closedReason: ClosedReason?
    private var readAt: Int64 = .min

    private static let interval: Int64 = 1_000_000_000

    /// Loads the rules of the time zone into memory, so it must be called before the gate enters the sandbox.
    ///
    /// Errors: the time zone cannot be read.
    init(_ settings: AdmissionSettings) throws(SystemError) {
        try MachineReading.loadZone(of: settings)
        self.init(settings, fixed: nil)
    }

    /// Whether the service is open when the machine's clock and load are these.
    package init(_ settings: AdmissionSettings, at reading: MachineReading) { self.init(settings, fixed: reading) }

    private init(_ settings: AdmissionSettings, fixed: MachineReading?) {
        hours = settings.hours
        mostLoad = settings.mostLoad
        self.fixed = fixed
    }

    /// Why the service is closed; nil: it is open.
    mutating func closedReason(at now: Int64) -> ClosedReason? {
        guard hours != nil || mostLoad != nil, now >= readAt else { return closedReason }
        readAt = now + Self.interval
        closedReason = ClosedReason(
            hours: hours, minute: fixed?.minute ?? MachineReading.minute(), mostLoad: mostLoad,
            load: fixed?.load ?? Processes.load())
        return closedReason
    }
}
