import Admission
import LinuxSystem
import ServiceModel
import Testing

@testable import Gate

private let second: Int64 = 1_000_000_000

/// From 10:00 to 11:00 on Mondays, with a load of at most 1.
private let settings = {
    var settings = AdmissionSettings()
    var hours = Hours()
    hours.insert(WeekMinute(.monday, minute: 600), minutes: 60)
    (settings.hours, settings.mostLoad) = (hours, 100)
    return settings
}()

struct OpeningHoursTests {
    @Test(
        "a service is open or closed by the minute and the load that were read",
        arguments: [(630, 100, nil), (660, 101, ClosedReason.hours), (630, 101, .load)] as [(Int, Int, ClosedReason?)])
    func fixed(minute: Int, load: Int, expected: ClosedReason?) {
        let reading = MachineReading(minute: WeekMinute(.monday, minute: minute), load: load)
        var opening = OpeningHours(settings, at: reading)
        let (first, later) = (opening.closedReason(at: 0), opening.closedReason(at: 5 * second))
        #expect(first == expected && later == expected)
    }

    @Test("a service without hours and without a limit of load is always open")
    func always() {
        let reading = MachineReading(minute: WeekMinute(.monday, minute: 0), load: .max)
        var opening = OpeningHours(AdmissionSettings(), at: reading)
        let closed = opening.closedReason(at: 0)
        #expect(closed == nil)
    }

    @Test("a time zone that this machine does not have is an error of a gate and of a reading alike")
    func unknownZone() {
        var mars = settings
        mars.timeZone = "Mars/Olympus"
        #expect(throws: SystemError.self) { try OpeningHours(mars) }
        #expect(throws: SystemError.self) { try MachineReading(for: mars) }
        mars.hours = nil
        #expect(throws: Never.self) { try MachineReading(for: mars) }
    }
}
