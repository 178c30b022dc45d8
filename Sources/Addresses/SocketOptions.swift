// How a service's listening sockets are made: `[socket]`.

/// Options of the listeners of one service.
package struct SocketOptions: Hashable, Sendable {
    /// Connections that may wait to be accepted. Source: listen(2); the kernel caps it at net.core.somaxconn.
    package var backlog: Int32 = 1024
    /// TCP_NODELAY on the listener; accepted sockets inherit it. On, because a handler that flushes means it.
    package var isNoDelay = true
    /// SO_KEEPALIVE on the listener; accepted sockets inherit it. On, because a peer can vanish without a word.
    package var isKeepAlive = true
    /// For a unix socket; nil leaves it to the supervisor's own.
    package var owner: UInt32?
    package var group: UInt32?
    /// For a unix socket. Only its owner may connect unless the file says more.
    package var mode: UInt32 = 0o600

    package init() {}
}
