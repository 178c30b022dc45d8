// What a gate's sandbox consists of; the supervisor decides all of it before it starts the gate.
package import LinuxSystem
package import ServiceModel

/// The sandbox of one service.
package struct SandboxPlan: Hashable, Sendable {
    package var service: Service
    package var credentials: Credentials
    package var privilege: Privilege
    /// An empty network namespace to enter; nil when the service has the machine's network, or this is not root.
    package var emptyNetwork: Int32?
    /// The control group that the gate starts in, as /proc/PID/cgroup shows it; nil when it has none of its own.
    package var group: String?

    package init(
        service: Service, credentials: Credentials, privilege: Privilege, emptyNetwork: Int32? = nil,
        group: String? = nil
    ) {
        self.service = service
        self.credentials = credentials
        self.privilege = privilege
        self.emptyNetwork = emptyNetwork
        self.group = group
    }

    /// Whether the service enters an empty network namespace.
    package static func wantsEmptyNetwork(_ service: Service, with privilege: Privilege) -> Bool {
        privilege == .root && !service.sandbox.sharesNetwork
    }
}
