// Names for things that must not have the same name twice: the time, the process, and random bits.
internal import CHandler

/// What tells one process, and one moment of it, from another.
public enum Chance {
    /// Seconds since 1970, by the machine's clock.
    public static var secondsSince1970: UInt64 { microsecondsSince1970 / 1_000_000 }
    /// Microseconds since 1970, by the machine's clock.
    public static var microsecondsSince1970: UInt64 { UInt64(max(0, chandler_wall_clock_nanoseconds())) / 1000 }
    /// This process's id.
    public static var processID: UInt32 { UInt32(bitPattern: chandler_process_id()) }
    /// Random bits; not for secrets.
    public static var randomBits: UInt64 { chandler_random_bits() }
}
