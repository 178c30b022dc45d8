// A handler can restrict itself further than the sandbox of its service does. Source: seccomp(2).
internal import CHandler

/// The rights that a handler gives up and cannot get back.
public enum SelfRestriction {
    /// The rights that are left.
    public enum Profile: Sendable {
        /// Reading, writing and waiting, on descriptors that are open already; clocks, memory, random bytes, and exit.
        case streams
    }

    /// Gives up every system call that the profile does not name: the kernel kills the process (SIGSYS) when it makes
    /// one, for example because an attacker has taken the handler over. Works under any super-server, and by hand over
    /// pipes.
    ///
    ///     SelfRestriction.apply(.streams)
    ///     serve { connection throws(ConnectionError) in … }
    ///
    /// Each connection pays for a filter of its own: some tens of microseconds. Doorward's sandbox applies in any case
    /// and costs nothing for each connection.
    ///
    /// Errors: if the kernel has no filters, the process ends with a line in the log and exit status 111, because a
    /// handler that relies on its restriction must not run without it.
    public static func apply(_ profile: Profile) {
        let result =
            switch profile {
            case .streams: chandler_restrict_to_streams()
            }
        if result == 0 { return }
        var line = LogLine("cannot restrict itself")
        line.add("errno", Int(-result))
        line.send()
        chandler_exit(ExitStatus.temporaryFailure.rawValue)
    }
}
