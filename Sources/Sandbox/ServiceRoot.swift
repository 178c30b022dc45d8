// Paths as a service will see them: below its root, where `..` and symbolic links lead nowhere else.
// Source: openat2(2), RESOLVE_IN_ROOT.
internal import CLinux
internal import LinuxSystem

/// What will be a service's `/`.
package struct ServiceRoot: ~Copyable {
    private let descriptor: Descriptor?
    /// Of the descriptor.
    let number: Int32?
    /// nil: the machine's own.
    package let path: String?

    /// Errors: the root is not there, or no directory.
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

    /// The path of what a path of the service leads to, seen from outside, without symbolic links.
    func existing(_ wanted: String, _ what: String) throws(SandboxError) -> String {
        try Self.resolve(wanted, in: number ?? -1, what)
    }

    /// nil when there is nothing.
    func found(_ wanted: String) throws(SandboxError) -> String? {
        do throws(SandboxError) {
            return try existing(wanted, "standard path")
        } catch {
            if case .unusable(_, _, let cause) = error, cause.errno == .noEntry { return nil }
            throw error
        }
    }

    /// The same for a path of the machine.
    func outside(_ wanted: String) throws(SandboxError) -> String { try Self.resolve(wanted, in: -1, "handler") }

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
