// Who may come in, beside the block list, the access rules and `[limits]`; and how the others are turned away.
package import Addresses

/// What a service asks of its peers before a process exists for them.
package struct AdmissionSettings: Hashable, Sendable {
    /// Nobody has business with this service: whoever touches it is banned for that long. nil: it is an ordinary one.
    package var sensor: Duration?
    package var penalties = Penalties()
    package var refusal = RefusalAction.close
    /// When it is open; nil: always.
    package var hours: Hours?
    /// Of ``hours``, as in /usr/share/zoneinfo; nil: that of the machine.
    package var timeZone: String?
    /// The load average of the last minute above which nobody new comes in, in hundredths; nil: any.
    package var mostLoad: Int?
    package var start = Start.connect
    /// How long ``start`` waits for a peer's first byte, where it does.
    package var firstByte: Duration = .seconds(30)
    /// How long a peer has to be silent before its handler starts; nil: no time. Never with ``Start/data``.
    package var greetDelay: Duration?
    /// Whose connections begin with a PROXY header that says who the client is.
    package var upstreams: [IPPrefix] = []
    /// Lists in the DNS that are asked about who comes; the first rule that matches and decides, decides.
    package var dnsbl: [DNSBLRule] = []
    /// Programs that are asked about who comes, one after the other: each must end with status 0.
    package var checks = Checks()

    /// When a handler is started.
    package enum Start: String, Hashable, Sendable, CaseIterable {
        /// When somebody connects.
        case connect
        /// When the first byte has come.
        case data
    }

    package init() {}
}
