import LinuxSystem
import Testing

@Test(
    "a duration becomes whole nanoseconds, cut to 64 bits",
    arguments: [
        (Duration.zero, Int64(0)), (.seconds(1), 1_000_000_000), (.milliseconds(1500), 1_500_000_000),
        (.nanoseconds(7), 7), (.seconds(9_223_372_036), 9_223_372_036_000_000_000), (.seconds(9_223_372_037), .max),
        (.seconds(Int64.max), .max), (.milliseconds(-1500), -1_500_000_000),
    ])
func nanoseconds(duration: Duration, expected: Int64) {
    #expect(duration.nanoseconds == expected)
}

@Test("the monotonic clock does not go back, and the wall clock is later than 2024")
func clocks() {
    let first = Clock.monotonicNanoseconds()
    #expect(Clock.monotonicNanoseconds() >= first)
    #expect(Clock.wallNanoseconds() > 1_704_067_200_000_000_000)
}

@Test(
    "a minute of the week is counted from Monday",
    arguments: [
        // 1970-01-01 was a Thursday.
        (0, 3 * 1440), (1, 3 * 1440 + 1), (3 * 1440 + 59, 6 * 1440 + 59), (4 * 1440 - 1, 7 * 1440 - 1), (4 * 1440, 0),
        (6 * 1440 + 8 * 60, 2 * 1440 + 8 * 60),
    ])
func minuteOfWeek(minutes: Int, expected: Int) throws {
    try LocalTime.load(zone: "UTC")
    #expect(LocalTime.minuteOfWeek(wallNanoseconds: Int64(minutes) * 60_000_000_000) == expected)
}
