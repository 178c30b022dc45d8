// The socket that takes requests to a running supervisor. Each message is whole, and the kernel names its sender's
// user.
internal import CLinux

/// The listening end. Only its owner and root can connect: the file's mode is 600.
package struct ControlSocket: ~Copyable {
    private let descriptor: Descriptor
    private let path: String
    /// The device and the number of the file.
    private let file: (UInt64, UInt64)

    /// Binds and listens. Replaces a socket file that no process listens on.
    ///
    /// Errors: socket(2), bind(2): EADDRINUSE when a process listens there, or the file is no socket.
    package init(path: String) throws(SystemError) {
        if try Files.isSocket(path) == true {
            // Without waiting: the process that listens there may not accept.
            if Errno(-(unsafe clinux_control_probe(path))) == .connectionRefused { try Files.remove(path) }
        }
        let made = Descriptor(owning: try retrying("bind control socket") { unsafe clinux_control_listen(path) })
        file = try Files.identity(ofSocket: path)
        descriptor = made
        self.path = path
    }

    /// Whether a client that connects to the path reaches this socket: another process may have removed or replaced its
    /// file.
    package var isReachable: Bool {
        do throws(SystemError) {
            return try Files.identity(ofSocket: path) == file
        } catch {
            return false
        }
    }

    /// The number to give to a poller.
    package var number: Int32 { descriptor.number }

    /// The next client that is root or the supervisor's own user; nil when none waits, or when the next one is another
    /// user.
    ///
    /// Errors: accept(2).
    package func accept() throws(SystemError) -> ControlConnection? {
        let number: Int32
        do throws(SystemError) {
            number = try retrying("accept") { clinux_control_accept(descriptor.number) }
        } catch  where error.errno == .again || error.errno.isOfAcceptedConnection {
            return nil
        }
        let channel = MessageChannel(adopting: number)
        var (uid, gid, pid): (UInt32, UInt32, Int32) = (.max, .max, 0)
        // Fails closed: a peer without credentials from the kernel is refused.
        guard unsafe clinux_peer_credentials(number, &uid, &gid, &pid) == 0 else { return nil }
        guard uid == 0 || uid == Accounts.effectiveUser else { return nil }
        return ControlConnection(channel: channel, uid: uid, pid: pid)
    }

    /// Removes the file if it is still this socket's, so that no client connects to a supervisor that will not answer.
    package func remove() throws(SystemError) {
        if isReachable { try Files.remove(path) }
    }

    /// Connects as a client; blocking.
    ///
    /// Errors: connect(2).
    package static func connect(to path: String) throws(SystemError) -> MessageChannel {
        MessageChannel(adopting: try retrying("connect") { unsafe clinux_control_connect(path) })
    }
}

/// A connected client that may send requests.
package struct ControlConnection: ~Copyable {
    package let channel: MessageChannel
    package let uid: UInt32
    package let pid: Int32

    package consuming func takeChannel() -> MessageChannel { channel }
}
