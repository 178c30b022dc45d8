// Who is on the other end, as whoever accepted the connection says in the environment.
// Never asks the socket: behind a filter it is not the peer's, and by hand there is none. Never looks a name up.
// Sources: UCSPI (cr.yp.to/proto/ucspi.txt) for TCP, s6-ipcserver for IPC, systemd.socket(5) and RFC 3875 for REMOTE_ADDR.

/// The other end of the connection.
public enum Peer: Equatable, Sendable {
    /// A host, over TCP.
    case tcp(InternetPeer)
    /// A process of this machine, over an AF_UNIX socket.
    case ipc(LocalPeer)
    /// Nobody says: by hand, over pipes.
    case none

    /// The peer of this process's connection.
    public static var current: Peer { Peer { ProcessEnvironment[$0] } }

    /// - Parameter variable: the value of an environment variable.
    init(_ variable: (StaticBytes) -> StaticBytes?) {
        if variable("PROTO") == "IPC" {
            self = .ipc(
                LocalPeer(
                    user: variable("IPCREMOTEEUID")?.number(atMost: .max),
                    group: variable("IPCREMOTEEGID")?.number(atMost: .max), path: variable("IPCLOCALPATH")))
        } else if let address = variable("TCPREMOTEIP") {
            self = .tcp(
                InternetPeer(
                    address: address, port: variable("TCPREMOTEPORT")?.port, localAddress: variable("TCPLOCALIP"),
                    localPort: variable("TCPLOCALPORT")?.port))
        } else if let address = variable("REMOTE_ADDR") {
            self = .tcp(
                InternetPeer(
                    address: address, port: variable("REMOTE_PORT")?.port, localAddress: nil, localPort: nil))
        } else {
            self = .none
        }
    }
}

/// A peer over TCP, and where it connected to.
public struct InternetPeer: Equatable, Sendable {
    /// The peer's address as text; under Doorward an IPv4 peer is always written as IPv4.
    public let address: StaticBytes
    /// The peer's port, if known.
    public let port: UInt16?
    /// The address that it connected to, if known.
    public let localAddress: StaticBytes?
    /// The port that it connected to, if known.
    public let localPort: UInt16?
}

/// A peer over an AF_UNIX socket, as the kernel knew it when it connected.
public struct LocalPeer: Equatable, Sendable {
    /// The peer's effective uid, if known.
    public let user: UInt32?
    /// The peer's effective gid, if known.
    public let group: UInt32?
    /// The socket that it connected to, if known.
    public let path: StaticBytes?
}

extension StaticBytes {
    fileprivate var port: UInt16? { number(atMost: UInt32(UInt16.max)).map { UInt16($0) } }

    fileprivate func number(atMost maximum: UInt32) -> UInt32? {
        guard let number = bytes.decimalNumber, number <= Int(maximum) else { return nil }
        return UInt32(number)
    }
}
