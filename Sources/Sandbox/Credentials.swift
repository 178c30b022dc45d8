// The identity and the rights of a service's gate and handlers, with every name looked up.
package import ServiceModel

/// The identity of one service as numbers, ready to be set and to be compared with what the kernel says.
package struct Credentials: Hashable, Sendable {
    package var uid: UInt32
    package var gid: UInt32
    /// Supplementary groups, sorted.
    package var groups: [UInt32]
    package var capabilities: CapabilitySets
    package var umask: UInt32
    package var nice: Int32
    package var directory: String

    package init(
        uid: UInt32, gid: UInt32, groups: [UInt32], capabilities: CapabilitySets, umask: UInt32, nice: Int32,
        directory: String
    ) {
        self.uid = uid
        self.gid = gid
        self.groups = groups.sorted()
        self.capabilities = capabilities
        self.umask = umask
        self.nice = nice
        self.directory = directory
    }

    /// The credentials of a service.
    ///
    /// - Parameter dynamicNumber: uid and gid for `user = "dynamic"`.
    /// - Returns: nil when libcap cannot read the service's capability text; Configuration has checked the text before.
    package init?(of service: Service, dynamicNumber: UInt32) {
        guard let capabilities = CapabilitySets(text: service.identity.capabilities) else { return nil }
        let uid: UInt32 =
            switch service.identity.user {
            case .dynamic: dynamicNumber
            case .root: 0
            case .account(_, let uid): uid
            }
        // Configuration gives every account its group. A uid without one gets a group of the same number, never group
        // 0.
        self.init(
            uid: uid, gid: service.identity.gid ?? uid, groups: service.identity.groups, capabilities: capabilities,
            umask: service.umask, nice: service.nice, directory: service.directory)
    }
}
