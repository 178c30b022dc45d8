// The other end of a connection, as admission, the log and the environment see it.
internal import Text

/// Who is on the other end.
package enum Peer: Hashable, Sendable {
    case ip(IPAddress, port: UInt16)
    /// A process on this machine, by the credentials that the kernel vouches for (unix(7), SO_PEERCRED).
    case unix(uid: UInt32, gid: UInt32, pid: Int32)
}

extension ByteText {
    /// Appends `192.0.2.7:4242`, `[2001:db8::1]:4242` or `unix:uid=1000,pid=4242`.
    package mutating func append(_ peer: Peer) {
        switch peer {
        case .ip(let address, let port):
            append(address, port: port)
        case .unix(let uid, _, let pid):
            append("unix:uid=" as StaticString)
            append(decimal: Int(uid))
            append(",pid=" as StaticString)
            append(decimal: Int(pid))
        }
    }

    /// Appends `ADDRESS:PORT`, an IPv6 address in brackets (RFC 3986 3.2.2).
    package mutating func append(_ address: IPAddress, port: UInt16) {
        if case .v6 = address {
            append(UInt8(ascii: "["))
            append(address)
            append(UInt8(ascii: "]"))
        } else {
            append(address)
        }
        append(UInt8(ascii: ":"))
        append(decimal: Int(port))
    }
}
