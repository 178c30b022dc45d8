// The resource limits of this process.
internal import CLinux

package enum ProcessLimits {
    /// The hard limit; `UInt64.max` for none. Source: getrlimit(2).
    package static func hard(_ resource: Int32) throws(SystemError) -> UInt64 {
        var (soft, hard): (UInt64, UInt64) = (0, 0)
        _ = try retrying("getrlimit") { unsafe clinux_limit(resource, &soft, &hard) }
        return hard
    }
}
