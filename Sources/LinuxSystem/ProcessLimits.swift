// The resource limits of this process.
internal import CLinux

package enum ProcessLimits {
    /// The hard limit; `UInt64.max` for none. Source: getrlimit(2).
    package static func hard(_ resource: Int32) throws(SystemError) -> UInt64 {
        var (soft, hard): (UInt64, UInt64) = (0, 0)
        _ = try retrying("getrlimit") { unsafe clinux_limit(resource, &soft, &hard) }
        return hard
    }

    /// Raises the soft limit to the hard one. Source: setrlimit(2).
    package static func raise(_ resource: Int32) throws(SystemError) {
        _ = try retrying("setrlimit") { clinux_raise_limit(resource) }
    }

    /// Sets both limits, and reads them back. Source: setrlimit(2).
    ///
    /// Errors: EPERM above the hard limit, or when it reads back as something else.
    package static func set(_ resource: Int32, to value: UInt64) throws(SystemError) {
        _ = try retrying("setrlimit") { clinux_set_limit(resource, value) }
        guard try hard(resource) == value else { throw SystemError("setrlimit", .notPermitted) }
    }

    /// RLIMIT_NOFILE; the number is Linux's generic one, the same on x86-64 and aarch64 (asm-generic/resource.h).
    package static let files: Int32 = 7
}
