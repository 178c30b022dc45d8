// The states of a connection on its way to a handler, each with a type of its own: incoming, then admitted. After that
// it is running, or refused. A value owns its socket, and once it is admitted its place in admission.
internal import Addresses
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// An accepted connection that admission has not decided on.
struct IncomingConnection: ~Copyable {
    let socket: Descriptor
    let peer: Peer
    /// The address that the peer connected to.
    let local: ListenAddress
    /// The bytes of a PROXY header that must have come before the socket is readable.
    private(set) var leastInput = 1

    init(socket: consuming Descriptor, peer: Peer, local: ListenAddress) {
        self.socket = socket
        self.peer = peer
        self.local = local
    }

    /// Sets how many bytes of a PROXY header make the socket readable.
    mutating func setLeastInput(_ count: Int) {
        leastInput = count
        socket.setLeastInput(count)
    }
}

/// A connection that was admitted and has no handler yet. Its place must be given back with
/// ``AdmissionControl/end(_:)``.
struct AdmittedConnection: ~Copyable {
    let socket: Descriptor
    let peer: Peer
    /// The address that the peer connected to.
    let local: ListenAddress
    let admitted: Admitted
    /// The matching rules of `dnsbl`, a bit for each.
    var lists: UInt32 = 0

    init(socket: consuming Descriptor, peer: Peer, local: ListenAddress, admitted: consuming Admitted) {
        self.socket = socket
        self.peer = peer
        self.local = local
        self.admitted = admitted
    }

    /// The source that its place in admission counts for.
    var source: Source { admitted.source }

    /// The access rule that admitted it; nil if the service has none.
    var rule: Int? { admitted.rule }

    /// Closes it. The caller must give the place back.
    consuming func takePlace() -> Admitted { admitted }

    /// What its programs learn about it.
    func facts(_ id: ConnectionID?) -> ConnectionFacts {
        var facts = ConnectionFacts(peer: peer, local: local, sourceCount: admitted.sourceCount, id: id)
        facts.lists = lists
        return facts
    }
}
