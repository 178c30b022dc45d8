// The identity and the rights of the process: users, groups, capability sets, flags.
import CProbe
import HandlerKit

/// Reports `uid` to `seccomp`.
func reportIdentity(on connection: inout Connection) throws(ConnectionError) {
    var ids = InlineArray<3, UInt32>(repeating: 0)
    // Sound here and below: the C functions fill at most as many values as the array has.
    let users = unsafe ids.fill { unsafe cprobe_users($0) }
    try report("uid", "euid", "suid", ids, users, on: &connection)
    let groups = unsafe ids.fill { unsafe cprobe_groups($0) }
    try report("gid", "egid", "sgid", ids, groups, on: &connection)
    try reportSupplementaryGroups(on: &connection)

    var sets = InlineArray<5, UInt64>(repeating: 0)
    let result = unsafe sets.fill { unsafe cprobe_capabilities($0) }
    let names: InlineArray<5, StaticBytes> = ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"]
    for index in names.indices {
        if result < 0 {
            try connection.reportFailure(names[index], result)
        } else {
            try connection.report(names[index], hexadecimal: sets[index])
        }
    }
    try connection.report("no_new_privs", cprobe_no_new_privileges())
    try connection.report("securebits", cprobe_secure_bits())
    try connection.report("dumpable", cprobe_dumpable())
    try connection.report("seccomp", cprobe_seccomp_mode())
}

private func report(
    _ real: StaticBytes, _ effective: StaticBytes, _ saved: StaticBytes, _ ids: InlineArray<3, UInt32>, _ result: Int32,
    on connection: inout Connection
) throws(ConnectionError) {
    let names: InlineArray<3, StaticBytes> = [real, effective, saved]
    for index in names.indices {
        if result < 0 {
            try connection.reportFailure(names[index], result)
        } else {
            var line = ShortText(key: names[index])
            line.append(Int(ids[index]))
            try connection.end(&line)
        }
    }
}

private func reportSupplementaryGroups(on connection: inout Connection) throws(ConnectionError) {
    var groups = InlineArray<64, UInt32>(repeating: 0)
    let count = unsafe groups.fill { unsafe cprobe_supplementary_groups($0, 64) }
    guard count >= 0 else { return try connection.reportFailure("groups", count) }
    var line = ShortText(key: "groups")
    for index in 0..<Int(count) {
        if index > 0 { line.append(",") }
        line.append(Int(groups[index]))
    }
    try connection.end(&line)
}

extension InlineArray {
    /// Lets a C function fill the array.
    mutating func fill(_ body: (UnsafeMutablePointer<Element>) -> Int32) -> Int32 {
        var span = mutableSpan
        // Sound: an array of at least one element has an address, which is valid during the call.
        return unsafe span.withUnsafeMutableBufferPointer { unsafe body($0.baseAddress!) }
    }
}
