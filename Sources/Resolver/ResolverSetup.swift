// What the supervisor hands to the resolver at its birth, and what the resolver is confined to.
package import Addresses
package import LinuxSystem
package import Sandbox
internal import ServiceModel

/// Everything that a resolver is made from.
package struct ResolverSetup: Sendable {
    package var sandbox: SandboxPlan
    /// nil: those that /etc/resolv.conf names.
    package var servers: [NameServer]?
    /// The resolver's end of the message channel.
    package var channel: Int32
    package var timeouts = LookupTimeouts()

    package init(sandbox: SandboxPlan, servers: [NameServer]?, channel: Int32) {
        self.sandbox = sandbox
        self.servers = servers
        self.channel = channel
    }

    /// What it is called among the dynamic users. No service has such a name: theirs begin with a letter or a digit.
    package static let userName = "_resolver"

    /// Of calls that gates need and that it does not: it starts nothing, opens no file and waits for nobody to come.
    private static let needless = [
        "fork", "vfork", "clone", "execve", "execveat", "open", "openat", "openat2", "creat", "bind", "listen",
        "accept",
        "accept4", "socketpair", "kill", "tkill", "pidfd_open", "pidfd_send_signal", "mknod", "mknodat",
    ]

    /// The sandbox: a user of its own, no capability, no file but /dev/null, and sockets to ask with.
    ///
    /// Errors: there is no number for its user.
    ///
    /// - Parameters:
    ///   - state: the directory where the numbers of dynamic users are kept.
    ///   - group: the control group that it is born in, as /proc/PID/cgroup shows it.
    package static func sandbox(
        state: String, privilege: Privilege, group: String? = nil
    ) throws(IdentityError) -> SandboxPlan {
        var service = Service(
            name: userName, file: "", listen: [], handler: .none, identity: Identity(user: .dynamic))
        // Nobody is served, and no program is started.
        service.admission.sensor = .seconds(1)
        service.sandbox.network = [.inet, .inet6]
        service.sandbox.systemCalls = needless.map { SystemCallChange(.refuse, $0) }
        let credentials = try DynamicUsers.credentials(of: service, state: state, privilege: privilege)
        return SandboxPlan(service: service, credentials: credentials, privilege: privilege, group: group)
    }
}
