// The peer of the connection, as the environment names it: the super-server that accepted the connection sets the
// variables.
// Never asks the socket: with a filter it is not the peer's, and with pipes there is none. Never looks up a name.
// Sources: UCSPI (cr.yp.to/proto/ucspi.txt) for TCP, s6-ipcserver for IPC, systemd.socket(5) and RFC 3875 for
// REMOTE_ADDR.

/// The other end of the connection.
public enum Peer: Equatable, Sendable {
    /// A host, over TCP.
    case tcp(InternetPeer)
    /// A process on this machine, over an AF_UNIX socket.
    case ipc(LocalPeer)
    /// Not known: no variable names a peer, as when a handler is started by hand.
    case none

    /// The peer of this process's connection.
    public static var current: Peer { Peer { ProcessEnvironment[$0] } }

    /// - Parameter variable: returns the value of an environment variable.
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

/// A peer over TCP, and the address that it connected to.
public struct InternetPeer: Equatable, Sendable {
    /// The peer's address as text. Doorward always writes an IPv4 peer as IPv4, never as an IPv6 address.
    public let address: StaticBytes
    /// The peer's port, if known.
    public let port: UInt16?
    /// The address that it connected to, if known.
    public let localAddress: StaticBytes?
    /// The port that it connected to, if known.
    public let localPort: UInt16?
}

/// A peer over an AF_UNIX socket, with the credentials that it had when it connected.
public struct LocalPeer: Equatable, Sendable {
    /// The peer's effective uid, if known.
    public let user: UInt32?
    /// The peer's effective gid, if known.
    public let group: UInt32?
    /// The path of the socket that it connected to, if known.
    public let path: StaticBytes?
}

extension StaticBytes {
    fileprivate var port: UInt16? { number(atMost: UInt32(UInt16.max)).map { UInt16($0) } }

    fileprivate func number(atMost maximum: UInt32) -> UInt32? {
        guard let number = bytes.decimalNumber, number <= Int(maximum) else { return nil }
        return UInt32(number)
    }
}
