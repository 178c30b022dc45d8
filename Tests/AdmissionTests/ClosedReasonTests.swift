import Admission
import ServiceModel
import Testing

struct ClosedReasonTests {
    /// Monday, 10:00 to 11:00.
    private static let hours: Hours = {
        var hours = Hours()
        hours.insert(WeekMinute(.monday, minute: 600), minutes: 60)
        return hours
    }()

    @Test(
        "outside of its hours a service is closed whatever the load is; within them, above its load limit",
        arguments: [
            (599, 0, ClosedReason.hours), (600, 0, nil), (659, 150, nil), (660, 0, .hours), (660, 151, .hours),
            (630, 151, .load),
        ])
    func closed(minute: Int, load: Int, expected: ClosedReason?) {
        let minute = WeekMinute(.monday, minute: minute)
        #expect(ClosedReason(hours: Self.hours, minute: minute, mostLoad: 150, load: load) == expected)
        #expect(ClosedReason(hours: nil, minute: minute, mostLoad: nil, load: load) == nil)
        let byHours = ClosedReason(hours: Self.hours, minute: minute, mostLoad: nil, load: load)
        #expect(byHours == (expected == .hours ? .hours : nil))
        #expect(ClosedReason(hours: nil, minute: minute, mostLoad: 150, load: load) == (load > 150 ? .load : nil))
    }

    @Test("neither the clock nor the load is read for a service that needs neither")
    func unread() {
        var reads = 0
        func read<Value>(_ value: Value) -> Value {
            reads += 1
            return value
        }
        let noon = WeekMinute(.monday, minute: 720)
        #expect(ClosedReason(hours: nil, minute: read(noon), mostLoad: nil, load: read(1)) == nil)
        #expect(reads == 0)
        #expect(ClosedReason(hours: Self.hours, minute: read(noon), mostLoad: 150, load: read(1)) == .hours)
        #expect(reads == 1)
    }
}
