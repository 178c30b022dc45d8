// A service as its file in services/ defines it, with every name already looked up: between accept and exec no name is
// resolved, and no privilege is decided.
package import Addresses

/// One service, complete and checked.
package struct Service: Hashable, Sendable {
    /// The file's name without `.toml`.
    package var name: String
    /// The path that the file was read from, as messages show it.
    package var file: String
    /// Whether the service is to run.
    package var isEnabled = true
    package var listen: [ListenAddress]
    package var handler: HandlerCommand
    /// The programs that the handler's input passes first, in their order.
    package var inputFilters: [HandlerCommand] = []
    /// The programs that the handler's output passes on its way to the socket, in their order.
    package var outputFilters: [HandlerCommand] = []
    package var identity: Identity
    package var access: [AccessRule] = []
    package var admission = AdmissionSettings()
    package var environment: [EnvironmentVariable] = []
    package var standardError: StandardError = .log
    package var directory = "/"
    package var umask: UInt32 = 0o022
    package var nice: Int32 = 0
    package var limits = Limits()
    package var socket = SocketOptions()
    package var sandbox = SandboxSettings()

    package init(name: String, file: String, listen: [ListenAddress], handler: HandlerCommand, identity: Identity) {
        self.name = name
        self.file = file
        self.listen = listen
        self.handler = handler
        self.identity = identity
    }

    /// The destination of a handler's descriptor 2.
    package enum StandardError: String, Hashable, Sendable, CaseIterable {
        case log, socket, null
    }
}

/// The user, the groups and the capabilities of a service's gate and handlers.
package struct Identity: Hashable, Sendable {
    package enum User: Hashable, Sendable {
        /// A uid of its own, from a range that no account uses (DynamicIdentity). The gid is the same number.
        case dynamic
        /// Uid 0: only when the file says `user = "root"`, and lists the capabilities too.
        case root
        case account(name: String, uid: UInt32)
    }

    package var user: User
    /// nil: the account's group, or the dynamic number.
    package var gid: UInt32?
    /// Supplementary groups; none unless listed.
    package var groups: [UInt32]
    /// libcap's text form of an IAB set (cap_iab(3)), already checked; empty: no capability at all.
    package var capabilities: String

    package init(user: User, gid: UInt32? = nil, groups: [UInt32] = [], capabilities: String = "") {
        self.user = user
        self.gid = gid
        self.groups = groups
        self.capabilities = capabilities
    }
}
