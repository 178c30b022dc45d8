// Sources that no gate can have banned, whatever it reports: without them the machine is cut off from itself, or a
// service from all who come by its load balancer.
internal import Addresses
internal import LinuxSystem

/// The addresses of this machine, as they were read last.
struct SparedSources {
    private var own: [IPAddress] = []
    private var readAt: Int64 = .min

    /// Interfaces get addresses at any time.
    private static let readEveryNanoseconds: Int64 = 10_000_000_000

    /// Why a prefix is spared.
    enum Reason: String, Hashable {
        case own = "an address of this machine"
        case upstream = "an upstream of a service [proxy_protocol]"
    }

    /// - Parameter upstreams: of all services.
    /// - Returns: nil: it may be banned.
    mutating func reason(for prefix: IPPrefix, upstreams: [IPPrefix], at now: Int64) -> Reason? {
        readOwn(at: now)
        return Self.reason(for: prefix, own: own, upstreams: upstreams)
    }

    static func reason(for prefix: IPPrefix, own: [IPAddress], upstreams: [IPPrefix]) -> Reason? {
        if own.contains(where: prefix.contains) { return .own }
        let isUpstream = upstreams.contains { $0.contains(prefix.network) || prefix.contains($0.network) }
        return isUpstream ? .upstream : nil
    }

    private mutating func readOwn(at now: Int64) {
        guard now >= readAt else { return }
        readAt = now + Self.readEveryNanoseconds
        do throws(SystemError) {
            own = try OwnAddresses.all()
        } catch {
            // Those that were read before are still most of them.
        }
    }
}
