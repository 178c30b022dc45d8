// Reads the sandbox back: compares what the kernel says of this process with what the plan asked for.
internal import CLinux
package import LinuxSystem

/// What the kernel says of this process.
package struct ProcessFacts: Hashable, Sendable {
    /// Real, effective, saved.
    package var users: [UInt32]
    package var groups: [UInt32]
    /// Sorted.
    package var supplementary: [UInt32]
    package var capabilities: ProcessCapabilities
    package var hasNoNewPrivileges: Bool
    package var secureBits: Int32
    package var umask: UInt32
    package var nice: Int32

    /// Asks the kernel for all of them.
    package static func current() throws(SystemError) -> ProcessFacts {
        var users: [UInt32] = [0, 0, 0]
        var groups: [UInt32] = [0, 0, 0]
        // Sound: both calls write three numbers into arrays of three.
        _ = try retrying("getresuid") { unsafe clinux_user_ids(&users) }
        _ = try retrying("getresgid") { unsafe clinux_group_ids(&groups) }
        var supplementary = [UInt32](repeating: 0, count: 65536)  // NGROUPS_MAX
        let count = try retrying("getgroups") { unsafe clinux_supplementary(&supplementary, supplementary.count) }
        let mask = UInt32(clinux_set_umask(0o077))
        _ = clinux_set_umask(mask)
        return ProcessFacts(
            users: users, groups: groups, supplementary: supplementary[..<Int(count)].sorted(),
            capabilities: try .current(),
            hasNoNewPrivileges: try retrying("get no_new_privs") { clinux_no_new_privileges() } == 1,
            secureBits: try retrying("get securebits") { clinux_secure_bits() }, umask: mask,
            nice: try Sandbox.currentNice())
    }
}

extension Sandbox {
    /// Compares what the kernel says with what was asked for.
    ///
    /// Errors: the first field that differs.
    package static func verify(_ wanted: Credentials, with privilege: Privilege) throws(SandboxError) {
        let found: ProcessFacts
        do throws(SystemError) {
            found = try .current()
        } catch {
            throw .failed(error)
        }
        if privilege == .root {
            try same("user", [wanted.uid, wanted.uid, wanted.uid], found.users)
            try same("group", [wanted.gid, wanted.gid, wanted.gid], found.groups)
            try same("groups", wanted.groups, found.supplementary)
            try same(
                "capabilities.bounding", hexadecimal(wanted.capabilities.bounding),
                hexadecimal(found.capabilities.bounding))
            try same("securebits", clinux_no_root_bits(), found.secureBits)
        }
        let sets = privilege == .root ? wanted.capabilities : .none
        try same("capabilities.permitted", hexadecimal(sets.ambient), hexadecimal(found.capabilities.permitted))
        try same("capabilities.effective", hexadecimal(0), hexadecimal(found.capabilities.effective))
        try same("capabilities.inheritable", hexadecimal(sets.inheritable), hexadecimal(found.capabilities.inheritable))
        try same("capabilities.ambient", hexadecimal(sets.ambient), hexadecimal(found.capabilities.ambient))
        try same("no_new_privs", true, found.hasNoNewPrivileges)
        try same("umask", String(wanted.umask, radix: 8), String(found.umask, radix: 8))
        // Without root a nice value that is already higher stays (see `nice(of:with:)`).
        try same("nice", privilege == .root ? wanted.nice : max(wanted.nice, found.nice), found.nice)
    }

    private static func same<Value: Equatable>(_ what: String, _ wanted: Value, _ found: Value) throws(SandboxError) {
        if wanted != found { throw .differs(what: what, wanted: "\(wanted)", found: "\(found)") }
    }

    private static func hexadecimal(_ bits: UInt64) -> String { "0x" + String(bits, radix: 16) }
}
