// A handler that narrows itself beyond the sandbox that its service gives it.
internal import CHandler

/// What a handler can give up for good.
public enum SelfRestriction {
    /// What is left.
    public enum Profile: Sendable {
        /// What is open already: reading, writing and waiting for it; clocks, memory, random bytes, and the end of the process.
        case streams
    }

    /// Gives up every system call that the profile does not name; whoever makes one all the same, an attacker in the
    /// handler for example, is killed (SIGSYS). Works anywhere, also by hand over pipes.
    ///
    ///     SelfRestriction.apply(.streams)
    ///     serve { connection throws(ConnectionError) in … }
    ///
    /// It costs each connection a filter of its own: some tens of microseconds. Doorward's own sandbox costs nothing for each
    /// connection, and is there anyway.
    ///
    /// Errors: where the kernel has no filters, the process ends with a line in the log and exit status 111: whoever relies
    /// on being restricted does not run unrestricted. Source: seccomp(2).
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
