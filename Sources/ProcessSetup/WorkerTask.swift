// The workers, processes for one task that all gates share, and their sandboxes.
package import LinuxSystem
package import Sandbox
internal import ServiceModel

/// What a worker does.
package enum WorkerTask: String, CaseIterable, Hashable, Sendable {
    /// Asks DNS block lists.
    case resolver
    /// Writes the log.
    case log

    /// Its name among the dynamic users. No service has such a name: a service's name begins with a letter or a digit.
    package var userName: String { "_\(rawValue)" }

    private var network: Set<SocketFamily> { self == .resolver ? [.inet, .inet6] : [] }

    /// The calls that gates need and no worker does: it starts no program, opens no file and accepts no connection.
    private static let needless = [
        "fork", "vfork", "clone", "execve", "execveat", "open", "openat", "openat2", "creat", "bind", "listen",
        "accept", "accept4", "socketpair", "kill", "tkill", "pidfd_open", "pidfd_send_signal", "mknod", "mknodat",
    ]

    /// The sandbox: a user of its own, no capability, no file but /dev/null, and sockets for the resolver's questions.
    ///
    /// Errors: there is no number for its user.
    ///
    /// - Parameters:
    ///   - state: the directory with the numbers of dynamic users.
    ///   - group: the control group that it starts in, as /proc/PID/cgroup shows it.
    package func sandbox(
        state: String, privilege: Privilege, emptyNetwork: Int32? = nil, group: String? = nil
    ) throws(IdentityError) -> SandboxPlan {
        var service = Self.service(named: userName)
        service.sandbox.network = network
        let credentials = try DynamicUsers.credentials(of: service, state: state, privilege: privilege)
        return SandboxPlan(
            service: service, credentials: credentials, privilege: privilege, emptyNetwork: emptyNetwork, group: group)
    }

    /// The sandbox is made for a service. This one serves no connection and starts no program.
    private static func service(named name: String) -> Service {
        var service = Service(name: name, file: "", listen: [], handler: .none, identity: Identity(user: .dynamic))
        service.admission.sensor = .seconds(1)
        service.sandbox.systemCalls = needless.map { SystemCallChange(.refuse, $0) }
        return service
    }

    /// Whether it enters an empty network namespace.
    package func wantsEmptyNetwork(with privilege: Privilege) -> Bool { privilege == .root && network.isEmpty }
}
