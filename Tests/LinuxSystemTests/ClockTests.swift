import LinuxSystem
import Testing

@Test(
    "a duration is whole nanoseconds, and never more than 64 bits count",
    arguments: [
        (Duration.zero, Int64(0)), (.seconds(1), 1_000_000_000), (.milliseconds(1500), 1_500_000_000),
        (.nanoseconds(7), 7), (.seconds(9_223_372_036), 9_223_372_036_000_000_000), (.seconds(9_223_372_037), .max),
        (.seconds(Int64.max), .max), (.milliseconds(-1500), -1_500_000_000),
    ])
func nanoseconds(duration: Duration, expected: Int64) {
    #expect(duration.nanoseconds == expected)
}

@Test("the monotonic clock does not go back, and the wall clock is behind 2024")
func clocks() {
    let first = Clock.monotonicNanoseconds()
    #expect(Clock.monotonicNanoseconds() >= first)
    #expect(Clock.wallNanoseconds() > 1_704_067_200_000_000_000)
}
