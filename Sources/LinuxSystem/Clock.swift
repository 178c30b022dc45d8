// The two clocks. A decision gets the time as a parameter; only loops read a clock.
internal import CLinux

package enum Clock {
    /// Nanoseconds since an arbitrary point; never goes back. For durations and deadlines.
    package static func monotonicNanoseconds() -> Int64 { clinux_monotonic_nanoseconds() }

    /// Nanoseconds since 1970 in UTC. Only for the log.
    package static func wallNanoseconds() -> Int64 { clinux_wall_nanoseconds() }
}

extension Duration {
    /// Whole nanoseconds; 64 bits hold 292 years, and a longer duration is cut to that.
    package var nanoseconds: Int64 {
        let (seconds, attoseconds) = components
        let (whole, overflowed) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowedAgain) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        return overflowed || overflowedAgain ? .max : sum
    }
}
