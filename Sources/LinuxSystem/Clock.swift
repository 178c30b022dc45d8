// The two clocks. Decisions get the time as a parameter; only loops read it.
internal import CLinux

package enum Clock {
    /// Nanoseconds since some point; never goes back. For durations and deadlines.
    package static func monotonicNanoseconds() -> Int64 { clinux_monotonic_nanoseconds() }

    /// Nanoseconds since 1970 in UTC. For the log only.
    package static func wallNanoseconds() -> Int64 { clinux_wall_nanoseconds() }
}

extension Duration {
    /// Whole nanoseconds, as far as 64 bits go (292 years).
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowedAgain) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed || overflowedAgain ? .max : sum
    }
}
