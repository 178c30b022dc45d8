// Paths as a service will see them: below its root, which neither `..` nor a symbolic link leaves.
// Source: openat2(2), RESOLVE_IN_ROOT.
internal import CLinux
internal import LinuxSystem

/// The directory that will be a service's `/`.
package struct ServiceRoot: ~Copyable {
    private let descriptor: Descriptor?
    /// The number of the descriptor.
    let number: Int32?
    /// nil: the machine's root.
    package let path: String?

    /// Errors: the root does not exist, or is no directory.
    package init(_ path: String?) throws(SandboxError) {
        self.path = path
        guard let path else {
            descriptor = nil
            number = nil
            return
        }
        let opened = try Self.open(path, in: -1, "root")
        guard clinux_is_directory(opened.number) == 1 else {
            throw .unusable(what: "root", path: path, SystemError("open", .notDirectory))
        }
        number = opened.number
        descriptor = consume opened
    }

    /// The file that a path of the service leads to, as a path seen from outside, without symbolic links.
    func existing(_ wanted: String, _ what: String) throws(SandboxError) -> String {
        try Self.resolve(wanted, in: number ?? -1, what)
    }

    /// The same, or nil when there is no file.
    func found(_ wanted: String) throws(SandboxError) -> String? {
        do throws(SandboxError) {
            return try existing(wanted, "standard path")
        } catch {
            if case .unusable(_, _, let cause) = error, cause.errno == .noEntry { return nil }
            throw error
        }
    }

    /// The same for a path of the machine.
    func outside(_ wanted: String, _ what: String) throws(SandboxError) -> String {
        try Self.resolve(wanted, in: -1, what)
    }

    private static func resolve(_ wanted: String, in root: Int32, _ what: String) throws(SandboxError) -> String {
        let found = try open(wanted, in: root, what)
        do throws(SystemError) {
            return try Files.path(of: found.number)
        } catch {
            throw .unusable(what: what, path: wanted, error)
        }
    }

    private static func open(_ path: String, in root: Int32, _ what: String) throws(SandboxError) -> Descriptor {
        do throws(SystemError) {
            return Descriptor(owning: try retrying("open") { unsafe clinux_open_path(root, path) })
        } catch {
            throw .unusable(what: what, path: path, error)
        }
    }
}
