// The settings of a service's sandbox. The defaults are the tightest values.

/// The sandbox of one service, beyond its identity.
package struct SandboxSettings: Hashable, Sendable {
    /// The families of sockets that its handlers may open; empty: none.
    package var network: Set<SocketFamily> = []
    package var seccomp: SeccompMode = .refuse
    /// `system_calls`: changes to the standard set.
    package var systemCalls: [SystemCallChange] = []
    package var landlock: LandlockMode = .enforced
    package var files = FileLists()
    /// The size of a /tmp of its own; nil: the service has none.
    package var privateTemporary: Bytes?
    /// An absolute path that becomes the service's `/`.
    package var root: String?

    /// The size of `private_tmp = true`.
    package static let standardTemporary = Bytes.mebibytes(64)

    package init() {}

    /// Whether the service has this machine's network rather than an empty one. Sockets of the family unix need none.
    package var sharesNetwork: Bool { !network.isSubset(of: [.unix]) }

    /// Whether handlers may connect over IP. It matters to a handler without sockets of its own too: the accepted
    /// socket could be connected anew.
    package var hasInternet: Bool { network.contains(.inet) || network.contains(.inet6) }
}

/// A family of sockets, by the name that `network` takes.
package enum SocketFamily: String, Hashable, Sendable, CaseIterable {
    case unix, inet, inet6, netlink
}

/// What the kernel does with a system call that is not in the service's set.
package enum SeccompMode: String, Hashable, Sendable, CaseIterable {
    /// The call fails with EPERM.
    case refuse = "default"
    /// The kernel ends the process with SIGSYS.
    case kill
    /// There is no filter.
    case off
}

/// Whether Landlock restricts the service's handlers.
package enum LandlockMode: String, Hashable, Sendable, CaseIterable {
    case enforced = "default"
    case off
}

/// `"+name"` or `"-name"`.
package struct SystemCallChange: Hashable, Sendable {
    package enum Effect: Hashable, Sendable { case allow, refuse }

    package var effect: Effect
    /// As the man pages and the kernel's headers spell it: `io_uring_setup`.
    package var name: String

    package init(_ effect: Effect, _ name: String) {
        self.effect = effect
        self.name = name
    }
}

/// `[files]`: the files that a service may reach, beyond those that every handler may reach. Absolute paths; a
/// directory stands for everything below it.
package struct FileLists: Hashable, Sendable {
    /// Read files, list directories.
    package var read: [String] = []
    /// Read, change, create, remove.
    package var write: [String] = []
    /// Read and execute.
    package var execute: [String] = []

    package init() {}
}

extension SandboxSettings {
    /// The keys of the sandbox.
    package static var keys: [Key<SandboxSettings>] {
        [
            Key("network", \.network, .own(.network)),
            Key("seccomp", \.seccomp),
            Key(
                "system_calls", \.systemCalls, .own(.systemCalls), .common,
                .uselessWith(key: "seccomp", value: "off")),
            Key("landlock", \.landlock),
            Key("files.read", \.files.read, .paths, .common, .uselessWith(key: "landlock", value: "off")),
            Key("files.write", \.files.write, .paths, .common, .uselessWith(key: "landlock", value: "off")),
            Key("files.execute", \.files.execute, .paths, .common, .uselessWith(key: "landlock", value: "off")),
            Key("private_tmp", \.privateTemporary, .own(.privateTemporary)),
            Key("root", \.root, .own(.root)),
        ]
    }
}
