// The addresses of an imported service: families, hosts and a port, in the form of `listen = [...]`.
// Promises never to open more addresses than the file names: a name that would have to be looked up opens none.

internal import Addresses

/// The families of a service.
enum Families: Hashable, Sendable {
    case both, ipv4, ipv6
}

/// The addresses of a service, as far as they could be read.
struct ListenChoice {
    private(set) var addresses: [String] = []
    /// Words that are no addresses, or of a family that the service does not have.
    private(set) var unusable: [String] = []

    /// - Parameter hosts: addresses, or `*` for all.
    init(hosts: [String], families: Families, port: UInt16) {
        for host in hosts {
            let found = Self.addresses(of: host).filter { address in
                switch address {
                case .v4: families != .ipv6
                case .v6: families != .ipv4
                }
            }
            if found.isEmpty { unusable.append(host) }
            for address in found {
                let text = ListenAddress.ip(address, port: port).description
                if !addresses.contains(text) { addresses.append(text) }
            }
        }
    }

    /// Only the loopback's name means the same on every machine.
    private static func addresses(of host: String) -> [IPAddress] {
        switch host {
        case "*": [.v4(0), .v6(0)]
        case "localhost": [.v4(0x7f00_0001), .v6(1)]
        default: IPAddress(host).map { [$0] } ?? []
        }
    }
}

extension ImportReport {
    /// Sets `listen`. Returns false when no address is left to listen on, and reports it.
    mutating func setListen(
        _ choice: ListenChoice, of service: inout ImportedService, directive: String, at place: Place
    ) -> Bool {
        let ending = choice.addresses.isEmpty ? "no file" : "write the address [listen]"
        for host in choice.unusable {
            notCarriedOver(
                place, directive,
                "'\(printable(host))' is no address of that family, and names are not looked up; \(ending)"
            )
        }
        service[.listen] = .list(choice.addresses)
        return !choice.addresses.isEmpty
    }
}
