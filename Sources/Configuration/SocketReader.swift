// The keys of `[socket]`.

internal import Addresses
import ServiceModel

extension Reading {
    /// What `[socket]` says, over the options of a service that says nothing.
    mutating func socketOptions(of top: Section) -> SocketOptions {
        var options = SocketOptions()
        guard let section = section("socket", of: top, known: KnownKeys.socket) else { return options }
        read("backlog", of: section, into: &options.backlog) { $0.integer($1, in: 1...65535).map(Int32.init) }
        read("nodelay", of: section, into: &options.isNoDelay) { $0.boolean($1) }
        read("keepalive", of: section, into: &options.isKeepAlive) { $0.boolean($1) }
        read("owner", of: section, into: &options.owner) { reading, entry in
            reading.socketOwner(entry)
        }
        read("group", of: section, into: &options.group) { reading, entry in
            reading.group(entry.value, of: entry.key)
        }
        read("mode", of: section, into: &options.mode) { $0.octal($1, atMost: 0o777) }
        return options
    }

    /// Refuses what only a unix socket has, for a service that has none. Defaults are for those that have one.
    mutating func refuseUnixOptions(own top: Section, listen: [ListenAddress]) {
        let hasUnix = listen.contains { if case .unix = $0 { true } else { false } }
        guard !hasUnix, case .table(let entries)? = top["socket"]?.value.content else { return }
        for entry in entries where ["owner", "group", "mode"].contains(entry.key) {
            fault(
                entry.position,
                "\(quoted(entry.key)) in [socket] is for unix sockets; expected a \"unix:/path\" in 'listen' with it")
        }
    }

    mutating func socketOwner(_ entry: TOMLEntry) -> UInt32? {
        switch accountSpelling(entry.value, of: entry.key, expected: "a user's name or number") {
        case nil: return nil
        case .number(let uid): return uid
        case .name(let name):
            guard let account = host.user(named: name) else {
                fault(entry.value.position, "\(quoted(entry.key)): no account is named \(quoted(name))")
                return nil
            }
            return account.uid
        }
    }
}
