// Users and groups by name. Reading a definition asks for them; nothing does so between accept and exec.
internal import CLinux

package enum Accounts {
    /// A user of passwd(5), looked up where nsswitch.conf says.
    package struct User: Hashable, Sendable {
        package let name: String
        package let uid: UInt32
        package let gid: UInt32
    }

    package static func user(named name: String) throws(SystemError) -> User? {
        var (uid, gid): (UInt32, UInt32) = (0, 0)
        let found = try retrying("getpwnam") { unsafe clinux_find_user(name, &uid, &gid) }
        return found == 1 ? User(name: name, uid: uid, gid: gid) : nil
    }

    package static func user(uid: UInt32) throws(SystemError) -> User? {
        var gid: UInt32 = 0
        var name = [CChar](repeating: 0, count: 256)
        let found = try retrying("getpwuid") {
            // Sound: the call uses the array only while it runs, and gets its size.
            unsafe name.withUnsafeMutableBufferPointer {
                unsafe clinux_find_user_id(uid, &gid, $0.baseAddress, $0.count)
            }
        }
        guard found == 1 else { return nil }
        let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
        return User(name: String(decoding: bytes, as: UTF8.self), uid: uid, gid: gid)
    }

    package static func group(named name: String) throws(SystemError) -> UInt32? {
        var gid: UInt32 = 0
        let found = try retrying("getgrnam") { unsafe clinux_find_group(name, &gid) }
        return found == 1 ? gid : nil
    }

    package static func hasGroup(_ gid: UInt32) throws(SystemError) -> Bool {
        try retrying("getgrgid") { clinux_find_group_id(gid) } == 1
    }

    /// Whether this process may change its identity.
    package static var isRoot: Bool { clinux_effective_user() == 0 }

    package static var effectiveGroup: UInt32 { UInt32(bitPattern: clinux_effective_group()) }

    package static var effectiveUser: UInt32 { UInt32(bitPattern: clinux_effective_user()) }
}
