// An empty network, a root and a /tmp of the service's own: set up by a gate that is still root. Each step is read
// back.
// Source: network_namespaces(7), mount_namespaces(7), pivot_root(2), tmpfs(5).
internal import CLinux
package import LinuxSystem
internal import ServiceModel

/// A network namespace without any address; even its loopback is down. The supervisor makes it once, and many gates
/// enter it.
package struct EmptyNetwork: ~Copyable {
    package let descriptor: Descriptor

    /// Errors: unshare(2); EPERM without CAP_SYS_ADMIN.
    package init() throws(SystemError) {
        descriptor = Descriptor(
            owning: try retrying("make an empty network namespace [network]") { clinux_new_network() })
    }

    /// Moves this process into it.
    static func enter(_ number: Int32) throws(SandboxError) {
        try step("enter the empty network namespace [network]") { clinux_enter_network(number) }
        let isThere = try step("read network namespace") { clinux_in_network(number) } == 1
        if !isThere { throw .differs(what: "network", wanted: "the empty namespace", found: "another") }
    }
}

enum Mounts {
    /// Gives this process mounts of its own, and the root that the service asks for.
    static func enter(_ root: borrowing ServiceRoot) throws(SandboxError) {
        try step("make a mount namespace [root, private_tmp]") { clinux_own_mounts() }
        guard let path = root.path, let number = root.number else { return }
        try step("change root [root]", path) { unsafe clinux_change_root(path) }
        let isThere = try step("read root") { clinux_is_root(number) } == 1
        if !isThere { throw .differs(what: "root", wanted: path, found: "another") }
    }

    /// Mounts an empty /tmp, and the same on /var/tmp where that exists.
    ///
    /// - Returns: the paths of the mounts.
    static func addTemporary(_ size: Bytes) throws(SandboxError) -> [String] {
        try step("mount /tmp [private_tmp]") { unsafe clinux_mount_memory("/tmp", size.count) }
        do throws(SystemError) {
            _ = try retrying("mount /var/tmp") { unsafe clinux_mount_again("/tmp", "/var/tmp") }
            return ["/tmp", "/var/tmp"]
        } catch  where error.errno == .noEntry {
            return ["/tmp"]
        } catch {
            throw .failed(error)
        }
    }
}
