// Listening sockets. Only the supervisor makes them; gates accept from them.
// Promises: non-blocking, close-on-exec, an IPv6 socket never takes IPv4 clients (IPV6_V6ONLY).
package import Addresses
internal import CLinux

/// The owner of a listening socket.
package struct Listener: ~Copyable {
    package private(set) var descriptor: Descriptor
    /// The address it is bound to, with the port that the kernel chose in place of port 0.
    package let bound: ListenAddress
    /// Device and inode of a unix socket's file, read right after the bind.
    private let file: (UInt64, UInt64)
    /// The options in force.
    private var options: SocketOptions
    private let fresh: ListenerState

    /// Binds and listens. Sets a unix socket's owner, group and mode before any client can connect. Replaces a socket
    /// file that no process listens on, and leaves any other file alone.
    ///
    /// Errors: socket(2), bind(2), listen(2), chown(2), chmod(2).
    package init(_ address: ListenAddress, options: SocketOptions) throws(SystemError) {
        if case .unix(let path) = address { try Self.removeStale(path) }
        var raw = clinux_address(address)
        let descriptor = Descriptor(
            owning: try retrying("bind") {
                unsafe clinux_listen(
                    &raw, options.backlog, options.isNoDelay ? 1 : 0, options.isKeepAlive ? 1 : 0)
            })
        var bound = address
        var file: (UInt64, UInt64) = (0, 0)
        switch address {
        case .ip:
            bound = try Self.localAddress(of: descriptor.number) ?? address
        case .unix(let path):
            file = try Files.identity(ofSocket: path)
            try Self.setOwner(of: path, file, options)
            try Self.listen(descriptor.number, options)
        }
        fresh = ListenerState(of: descriptor.number)
        self.descriptor = descriptor
        self.bound = bound
        self.file = file
        self.options = options
    }

    /// Applies the options of a new definition to this open socket.
    package mutating func setOptions(_ options: SocketOptions) throws(SystemError) {
        self.options = options
        if case .unix(let path) = bound { try Self.setOwner(of: path, file, options) }
        try Self.listen(descriptor.number, options)
    }

    /// Sets back what a process with a copy has changed, with the options in force and the queue as they were.
    package func setBack() -> ListenerChanges {
        var changes = ListenerChanges()
        do throws(SystemError) {
            try Self.listen(descriptor.number, options)
            changes = fresh.setBack(on: descriptor.number)
            // A socket that was shut down, and listens again, may have got another port.
            if case .ip = bound, try Self.localAddress(of: descriptor.number) != bound { changes.left.append("port") }
        } catch {
            changes.left.append(error.act)
        }
        return changes
    }

    /// Closes the socket, with the clients in its queue, and opens another one at the same address. After an error
    /// there is no socket any more.
    ///
    /// Errors: as for init.
    package mutating func replace() throws(SystemError) {
        // Closed first, because the kernel binds no second socket to the address.
        descriptor = try Startup.openNull()
        self = try Listener(bound, options: options)
    }

    /// How many clients wait to be accepted; nil for a unix socket, of which the kernel does not tell it.
    package var waitingClients: Int? {
        let count = clinux_waiting_clients(descriptor.number)
        return count < 0 ? nil : Int(count)
    }

    /// Whether a client that connects to the address reaches this socket: another process may have removed or replaced
    /// a unix socket's file.
    package var isReachable: Bool {
        guard case .unix(let path) = bound else { return true }
        do throws(SystemError) {
            return try Files.identity(ofSocket: path) == file
        } catch {
            return false
        }
    }

    /// Drops every new handshake, while the gate can still accept the queue and the handshakes that have begun: a close
    /// would reset them all. A client that begins now tries again after a second. Source: tcp(7), socket(7),
    /// SO_ATTACH_FILTER.
    package func dropNewConnections() throws(SystemError) {
        guard case .ip = bound else { return }
        let number = descriptor.number
        _ = try retrying("keep newcomers out") { clinux_drop_new_connections(number) }
    }

    /// Removes the file of a unix socket, if it is still this socket's.
    package func removeFile() throws(SystemError) {
        if case .unix(let path) = bound, isReachable { try Files.remove(path) }
    }

    /// Sets owner, group and mode. An owner or group that the service file does not name stays the supervisor's own.
    private static func setOwner(
        of path: String, _ file: (UInt64, UInt64), _ options: SocketOptions
    ) throws(SystemError) {
        let id = [file.0, file.1]
        let (uid, gid) = (options.owner ?? Accounts.effectiveUser, options.group ?? Accounts.effectiveGroup)
        // Sound: the call uses the array of two only while it runs.
        _ = try retrying("set owner and mode") { unsafe clinux_set_socket_file(path, id, uid, gid, options.mode) }
    }

    private static func listen(_ number: Int32, _ options: SocketOptions) throws(SystemError) {
        _ = try retrying("listen") {
            clinux_listen_again(
                number, options.backlog, options.isNoDelay ? 1 : 0, options.isKeepAlive ? 1 : 0)
        }
    }

    /// The address of this side of a socket; nil when it is not an internet socket.
    package static func localAddress(of number: Int32) throws(SystemError) -> ListenAddress? {
        var raw = clinux_address()
        _ = try retrying("getsockname") { unsafe clinux_local_address(number, &raw) }
        return raw.internet.map { .ip($0.0, port: $0.1) }
    }

    private static func removeStale(_ path: String) throws(SystemError) {
        guard try Files.isSocket(path) == true else { return }
        var raw = clinux_address(.unix(path: path))
        let answer = unsafe clinux_connect_probe(&raw)
        if Errno(-answer) == .connectionRefused { try Files.remove(path) }
    }
}

/// A connection right after accept: blocking, close-on-exec.
package struct AcceptedConnection: ~Copyable {
    package let descriptor: Descriptor
    package let peer: Peer

    package init(descriptor: consuming Descriptor, peer: Peer) {
        self.descriptor = descriptor
        self.peer = peer
    }

    package consuming func takeDescriptor() -> Descriptor { descriptor }
}

/// Takes the next connection from a listener. Returns nil when none is waiting, or when the connection was dead before
/// it was taken: that concerns this one connection and nothing else.
///
/// Errors: accept(2), without the errors that concern only the connection. The connection may still be waiting. EINVAL:
/// another process that has the listener has shut it down.
package func acceptConnection(from listener: Int32) throws(SystemError) -> AcceptedConnection? {
    var raw = clinux_address()
    var result: Int32
    repeat { result = unsafe clinux_accept(listener, &raw) } while Errno(-result) == .interrupted
    guard result >= 0 else {
        let errno = Errno(-result)
        precondition(errno != .badDescriptor && errno != .badAddress, "accept: \(errno)")
        if errno == .again || errno.isOfAcceptedConnection { return nil }
        throw SystemError("accept", errno)
    }
    let descriptor = Descriptor(owning: result)
    if let (address, port) = raw.internet {
        return AcceptedConnection(descriptor: descriptor, peer: .ip(address, port: port))
    }
    var (uid, gid, pid): (UInt32, UInt32, Int32) = (.max, .max, 0)
    // Fails closed: a peer without credentials from the kernel is not served.
    guard unsafe clinux_peer_credentials(descriptor.number, &uid, &gid, &pid) == 0 else { return nil }
    return AcceptedConnection(descriptor: descriptor, peer: .unix(uid: uid, gid: gid, pid: pid))
}
