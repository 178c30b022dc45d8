// The options of a service's listening sockets: `[socket]`.

/// Options of the listeners of one service.
package struct SocketOptions: Hashable, Sendable {
    /// How many connections may wait to be accepted. Source: listen(2); the kernel caps it at net.core.somaxconn.
    package var backlog: Int32 = 1024
    /// TCP_NODELAY on the listener; accepted sockets inherit it. On, because a handler flushes what it wants sent.
    package var isNoDelay = true
    /// SO_KEEPALIVE on the listener; accepted sockets inherit it. On, because a peer can vanish without a word.
    package var isKeepAlive = true
    /// The owner of a unix socket; nil leaves it to the supervisor's user.
    package var owner: UInt32?
    package var group: UInt32?
    /// The mode of a unix socket. Only its owner may connect unless the file says more.
    package var mode: UInt32 = 0o600

    package init() {}
}
