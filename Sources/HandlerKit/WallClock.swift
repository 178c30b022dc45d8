// The time by the machine's clock, which an administrator may set. Source: clock_gettime(2), CLOCK_REALTIME.
internal import CHandler

/// The machine's clock.
public enum WallClock {
    /// Seconds since 1970, UTC.
    public static var secondsSince1970: UInt64 { microsecondsSince1970 / 1_000_000 }
    /// Microseconds since 1970, UTC.
    public static var microsecondsSince1970: UInt64 { UInt64(max(0, chandler_wall_clock_nanoseconds())) / 1000 }
}
