// The other end of a connection, for admission, the log and the environment.

/// The other end of a connection.
package enum Peer: Hashable, Sendable {
    case ip(IPAddress, port: UInt16)
    /// A process on this machine, by the credentials that the kernel vouches for (unix(7), SO_PEERCRED).
    case unix(uid: UInt32, gid: UInt32, pid: Int32)
}

extension Peer: CustomStringConvertible {
    /// `192.0.2.7:4242`, `[2001:db8::1]:4242` or `unix:uid=1000,pid=4242`.
    package var text: AddressText {
        switch self {
        case .ip(let address, let port): return address.text(port: port)
        case .unix(let uid, _, let pid):
            var text = AddressText()
            text.append("unix:uid=" as StaticString)
            text.append(decimal: Int64(uid))
            text.append(",pid=" as StaticString)
            text.append(decimal: Int64(pid))
            return text
        }
    }

    package var description: String { text.description }
}
