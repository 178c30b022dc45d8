// The wall clock in a chosen zone, for opening hours, and the machine's load.
internal import CLinux

package enum LocalTime {
    /// Reads a zone's rules into memory, for the whole process. Later calls need no file.
    ///
    /// - Parameter zone: a name in /usr/share/zoneinfo; nil: the machine's zone.
    /// Errors: there is no such zone. Source: tzset(3), which would silently take UTC.
    package static func load(zone: String?) throws(SystemError) {
        if let zone, let errno = Files.lookupProblem("/usr/share/zoneinfo/" + zone) {
            throw SystemError("read time zone '\(zone)' [time_zone]", errno)
        }
        _ = try retrying("tzset") { unsafe clinux_set_zone(zone ?? "") }
    }

    /// This minute in the loaded zone, counted from Monday, 00:00. 0 to 10079.
    package static func minuteOfWeek(wallNanoseconds: Int64 = Clock.wallNanoseconds()) -> Int {
        var (weekday, minute): (Int32, Int32) = (0, 0)
        // Sound: the call writes only these two numbers.
        unsafe clinux_local_minute(wallNanoseconds / 1_000_000_000, &weekday, &minute)
        // The C library counts days from Sunday. Source: localtime(3).
        return (Int(weekday) + 6) % 7 * 24 * 60 + Int(minute)
    }
}

extension Processes {
    /// The load average of the last minute, in hundredths. Source: sysinfo(2).
    package static func load() -> Int { Int(max(clinux_load_hundredths(), 0)) }
}
