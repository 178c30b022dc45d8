// What doorward.toml says about the whole host.
package import Addresses

/// The settings of the whole host. The defaults are those of a host without doorward.toml.
package struct HostSettings: Hashable, Sendable {
    /// Directory of the service files.
    package var services = "services"
    /// The directory of handlers that a service file names without a slash.
    package var handlers = "/usr/local/libexec/doorward"
    /// The directory of what must survive a restart: the numbers of dynamic users, bans.
    package var state = "/var/lib/doorward"
    /// The file of the block list; nil: none.
    package var blockList: String?
    /// How many bits of an address make a source.
    package var sourcePrefix = SourcePrefix()
    /// Whether bans and the block list are given to the kernel too, where that is possible.
    package var kernelFilter = true
    /// The prefixes that are never banned.
    package var exempt: [IPPrefix] = []
    /// The name servers for DNS block lists; nil: those in /etc/resolv.conf.
    package var nameServers: [NameServer]?
    /// How long handlers may go on after the supervisor got SIGTERM.
    package var drain: Duration = .seconds(30)

    package init() {}
}

extension HostSettings {
    /// The keys of doorward.toml, beside `[defaults]`.
    package static let keys: [Key<HostSettings>] = [
        Key("services", \.services, .path, .host),
        Key("handlers", \.handlers, .path, .host),
        Key("state", \.state, .path, .host),
        Key("block_list", \.blockList, .path, .host),
        Key("source_prefix.ipv4", \.sourcePrefix.v4, .count(1...32), .host),
        Key("source_prefix.ipv6", \.sourcePrefix.v6, .count(1...128), .host),
        Key("exempt", \.exempt, .prefixes(example: nil), .host),
        Key("kernel_filter", \.kernelFilter, .flag, .host),
        Key("nameservers", \.nameServers, .nameServers(most: NameServer.most), .host),
        Key("drain", \.drain, .duration(.any), .host),
    ]
}

/// How many leading bits of an address make a source, by which connections are counted.
package struct SourcePrefix: Hashable, Sendable {
    package var v4 = 32
    package var v6 = 64

    package init() {}

    /// The source that an address belongs to.
    package func source(of address: IPAddress) -> IPPrefix {
        switch address {
        case .v4: IPPrefix(of: address, length: v4)
        case .v6: IPPrefix(of: address, length: v6)
        }
    }
}
