// Changes this process's user, groups and capabilities to the service's, for good.
// Facts: credentials(7), capabilities(7), PR_SET_SECUREBITS and PR_SET_NO_NEW_PRIVS in prctl(2).
internal import CLinux
internal import LinuxSystem

extension Sandbox {
    /// Takes these credentials, for good.
    static func enter(_ credentials: Credentials, with privilege: Privilege) throws(SandboxError) {
        do throws(SystemError) {
            _ = clinux_set_umask(credentials.umask)
            let nice = try nice(of: credentials, with: privilege)
            if try nice != currentNice() { _ = try retrying("set nice [nice]") { clinux_set_nice(nice) } }
            if privilege == .root { try takeIdentity(credentials) }
            _ = try retrying("change directory [directory]") { unsafe clinux_change_directory(credentials.directory) }
            try ProcessCapabilities.become(privilege == .root ? credentials.capabilities : .none)
            _ = try retrying("set no_new_privs") { clinux_set_no_new_privileges() }
        } catch {
            throw .failed(error)
        }
        try verify(credentials, with: privilege)
    }

    /// The nice value to set: without root a process can only raise it (setpriority(2)).
    static func nice(of credentials: Credentials, with privilege: Privilege) throws(SystemError) -> Int32 {
        privilege == .root ? credentials.nice : max(credentials.nice, try currentNice())
    }

    static func currentNice() throws(SystemError) -> Int32 {
        var nice: Int32 = 0
        _ = try retrying("getpriority") { unsafe clinux_nice(&nice) }
        return nice
    }

    /// Each step needs what the next one gives up: the bounding set and the secure bits need CAP_SETPCAP, the groups
    /// CAP_SETGID, and the change of user removes the rest. KEEPCAPS leaves the permitted set for `become` to cut.
    private static func takeIdentity(_ credentials: Credentials) throws(SystemError) {
        try ProcessCapabilities.dropBounding(but: credentials.capabilities.bounding)
        // With these bits uid 0 gives no capability, neither to this process nor to a program that it executes.
        _ = try retrying("set securebits") { clinux_set_secure_bits(UInt(clinux_no_root_bits())) }
        _ = try retrying("keep capabilities") { clinux_keep_capabilities(1) }
        _ = try retrying("set groups [group, groups]") {
            // Sound: the call uses the array only while it runs, and gets its count.
            unsafe clinux_set_groups(credentials.gid, credentials.groups, credentials.groups.count)
        }
        _ = try retrying("set user [user]") { clinux_set_users(credentials.uid) }
        _ = try retrying("stop keeping capabilities") { clinux_keep_capabilities(0) }
    }
}
