// Connections of upstreams, which wait for the PROXY header that names their clients. Nothing here waits.
internal import Addresses
internal import Admission
internal import LinuxSystem

/// The incoming connections of one gate that wait for their headers.
struct ProxyHeaderReader: ~Copyable {
    private(set) var pending: PendingConnections<IncomingConnection>
    /// The buffer that headers are peeked into.
    private var peeked: [UInt8]

    /// What becomes of a connection.
    enum Decision: ~Copyable {
        /// Admission decides on the client, which is the peer from now on.
        case admit(IncomingConnection)
        case refuse(IncomingConnection, Refusal)
    }

    /// - Parameter capacity: the most connections at once; 0 if the service has no upstreams.
    init(capacity: Int) {
        pending = PendingConnections(capacity: max(capacity, 1))
        peeked = [UInt8](repeating: 0, count: capacity == 0 ? 0 : ProxyHeader.mostBytes)
    }

    /// Monotonic: when ``nextDue(_:at:)`` returns a connection; nil for never.
    var deadline: Int64? { pending.deadline }

    /// Makes a connection pending.
    ///
    /// Errors: epoll_ctl(2); the connection is closed then.
    mutating func hold(
        _ connection: consuming IncomingConnection, until deadline: Int64?, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) {
        try poller.add(connection.socket.number, .incoming(pending.nextNumber))
        pending.insert(PendingConnection(connection, phase: .proxyHeader, deadline: deadline))
    }

    /// Reads a header as far as it has come; nil while the connection waits for more of it, or is not pending any more.
    ///
    /// Errors: epoll_ctl(2).
    mutating func inputArrived(
        _ number: UInt64, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> Decision? {
        guard
            let (found, least) = pending.read(
                number, { ($0.connection.socket.peek(into: &peeked), $0.connection.leastInput) })
        else { return nil }
        guard let found else { return try refuse(number, .proxyHeader(.cut), poller) }
        guard found > 0 else { return nil }
        switch ProxyHeader.read(peeked.span.extracting(first: found)) {
        case .malformed(let fault): return try refuse(number, .proxyHeader(.malformed(fault)), poller)
        case .needMore(let count):
            // Fewer bytes than the socket was set to wait for: the peer has closed, or the machine lacks memory.
            if found < least, pending.read(number, { $0.connection.socket.isInputOver }) == true {
                return try refuse(number, .proxyHeader(.cut), poller)
            }
            // The socket is readable again when there is more, or at the end of input, so a slow header costs no time
            // meanwhile.
            pending.update(number) { $0.setLeastInput(count) }
            return nil
        case .header(let header): return try apply(header, to: number, poller)
        }
    }

    /// Applies a complete header: removes it from the socket, and gives the connection the client as its peer.
    private mutating func apply(
        _ header: ProxyHeader, to number: UInt64, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> Decision? {
        // The bytes after the header are for the handler. Reading fails if the upstream has reset the connection since
        // the peek.
        guard pending.read(number, { $0.connection.socket.take(header.length, into: &peeked) }) == true else {
            return try refuse(number, .proxyHeader(.cut), poller)
        }
        guard let connection = try take(number, poller) else { return nil }
        connection.socket.setLeastInput(1)
        switch header.origin {
        case .upstream, .unknown: return .admit(connection)
        case .client(let client, let destination):
            return .admit(
                IncomingConnection(
                    socket: connection.socket, peer: .ip(client.address, port: client.port),
                    local: .ip(destination.address, port: destination.port)))
        }
    }

    /// The next connection whose time is over, refused unless its header has come after all; nil when there is none.
    ///
    /// Errors: epoll_ctl(2).
    mutating func nextDue(
        _ refusal: Refusal, _ poller: borrowing some PollSet & ~Copyable, at now: Int64
    ) throws(SystemError) -> Decision? {
        guard let number = pending.due(at: now) else { return nil }
        if let decision = try inputArrived(number, poller) { return decision }
        return try refuse(number, refusal, poller)
    }

    /// Refuses the connection that came first; nil when there is none.
    ///
    /// Errors: epoll_ctl(2).
    mutating func refuseNext(
        _ refusal: Refusal, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> Decision? {
        guard let number = pending.first else { return nil }
        return try refuse(number, refusal, poller)
    }

    private mutating func refuse(
        _ number: UInt64, _ refusal: Refusal, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> Decision? {
        guard let connection = try take(number, poller) else { return nil }
        return .refuse(connection, refusal)
    }

    private mutating func take(
        _ number: UInt64, _ poller: borrowing some PollSet & ~Copyable
    ) throws(SystemError) -> IncomingConnection? {
        guard let pending = pending.remove(number) else { return nil }
        let connection = pending.takeConnection()
        try poller.remove(connection.socket.number)
        return connection
    }
}
