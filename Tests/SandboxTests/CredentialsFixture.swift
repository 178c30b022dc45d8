import Testing

@testable import Sandbox

/// Credentials that no other process has.
func credentials(
    uid: UInt32 = 80001, gid: UInt32 = 80002, groups: [UInt32] = [], _ capabilities: String = "", umask: UInt32 = 0o022,
    nice: Int32 = 0, directory: String = "/"
) throws -> Credentials {
    Credentials(
        uid: uid, gid: gid, groups: groups, capabilities: try #require(CapabilitySets(text: capabilities)),
        umask: umask, nice: nice, directory: directory)
}
