// The keys of `[socket]`.
package import Addresses

extension SocketOptions {
    package static var keys: [Key<SocketOptions>] {
        [
            Key("backlog", \.backlog, .count(1...65535)),
            Key("nodelay", \.isNoDelay, .flag),
            Key("keepalive", \.isKeepAlive, .flag),
            Key("owner", \.owner, .user, .common, .needsUnixSocket),
            Key("group", \.group, .group, .common, .needsUnixSocket),
            Key("mode", \.mode, .octal(most: 0o777), .common, .needsUnixSocket),
        ]
    }
}
