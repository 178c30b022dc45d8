// What the supervisor gives to a new resolver, and the sandbox of a resolver.
package import Addresses
internal import HostDefinition
package import LinuxSystem
package import Sandbox
internal import ServiceModel
package import Wire

/// Everything that a resolver needs to start.
package struct ResolverSetup: Hashable, Sendable {
    package var sandbox: SandboxPlan
    /// nil: the servers that /etc/resolv.conf names.
    package var servers: [NameServer]?
    /// The resolver's end of its channel with the supervisor.
    package var channel: ChildEnd.Numbers

    package init(sandbox: SandboxPlan, servers: [NameServer]?, channel: ChildEnd.Numbers) {
        self.sandbox = sandbox
        self.servers = servers
        self.channel = channel
    }

    /// Its name among the dynamic users. No service has such a name: a service's name begins with a letter or a digit.
    package static let userName = "_resolver"

    /// The calls that gates need and a resolver does not: it starts no program, opens no file and accepts no
    /// connection.
    private static let needless = [
        "fork", "vfork", "clone", "execve", "execveat", "open", "openat", "openat2", "creat", "bind", "listen",
        "accept",
        "accept4", "socketpair", "kill", "tkill", "pidfd_open", "pidfd_send_signal", "mknod", "mknodat",
    ]

    /// The sandbox: a user of its own, no capability, no file but /dev/null, and sockets for questions.
    ///
    /// Errors: there is no number for its user.
    ///
    /// - Parameters:
    ///   - state: the directory with the numbers of dynamic users.
    ///   - group: the control group that it starts in, as /proc/PID/cgroup shows it.
    package static func sandbox(
        state: String, privilege: Privilege, group: String? = nil
    ) throws(IdentityError) -> SandboxPlan {
        var service = Service(
            name: userName, file: "", listen: [], handler: .none, identity: Identity(user: .dynamic))
        // The sandbox is made for a service. This one serves no connection and starts no program.
        service.admission.sensor = .seconds(1)
        service.sandbox.network = [.inet, .inet6]
        service.sandbox.systemCalls = needless.map { SystemCallChange(.refuse, $0) }
        let credentials = try DynamicUsers.credentials(of: service, state: state, privilege: privilege)
        return SandboxPlan(service: service, credentials: credentials, privilege: privilege, group: group)
    }
}

extension ResolverSetup: SetupValue {
    package static let mark: Int64 = 0x4452_5752_4553_3031  // "DRWRES01"

    package func write(to writer: inout WireWriter) {
        writer.write(sandbox)
        writer.write(servers.setting)
        writer.write(channel)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(sandbox: try reader.value(), servers: try reader.setting(), channel: try reader.value())
    }
}
