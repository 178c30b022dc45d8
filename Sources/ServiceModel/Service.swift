// A service as its file in services/ defines it, with every name already looked up: nothing is left to be resolved
// between accept and exec, and nothing about privileges is left open.
package import Addresses

/// One service, complete and checked.
package struct Service: Hashable, Sendable {
    /// The file's name without `.toml`.
    package var name: String
    /// As it is shown: the path that the file was read from.
    package var file: String
    /// Whether it is to run.
    package var isEnabled = true
    package var listen: [ListenAddress]
    package var handler: HandlerCommand
    /// What the handler's input goes through first, in the order that bytes pass.
    package var inputFilters: [HandlerCommand] = []
    /// What the handler's output goes through on its way to the socket.
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

    /// Where a handler's descriptor 2 goes.
    package enum StandardError: String, Hashable, Sendable, CaseIterable {
        case log, socket, null
    }
}

/// As whom a service's gate and handlers run.
package struct Identity: Hashable, Sendable {
    package enum User: Hashable, Sendable {
        /// A uid of its own, from a range that no account uses (DynamicIdentity). The gid is the same number.
        case dynamic
        /// Uid 0: only when the file says `user = "root"`, and lists the capabilities too.
        case root
        case account(name: String, uid: UInt32)
    }

    package var user: User
    /// nil: that of the account, or the dynamic number.
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

extension Service {
    /// Connections that may wait in the gate before their handlers are started; 0: none does.
    package var waitingPlaces: Int {
        if let waiting = limits.waiting { return waiting }
        let isAsked =
            admission.start == .data || admission.greetDelay != nil || !admission.upstreams.isEmpty
            || !admission.dnsbl.isEmpty || !admission.checks.programs.isEmpty
        return isAsked ? Limits.standardWaiting : 0
    }
}
