// The output of `doorward blocked`, `block` and `unblock`.
internal import Addresses
internal import Admission
package import Control
internal import ServiceModel

extension BanStatus {
    /// For people.
    package static func text(_ bans: [BanStatus]) -> String {
        guard !bans.isEmpty else { return "no bans" }
        let head = ["prefix", "for", "age", "ends in", "hits", "strikes"]
        let rows = bans.map { ban in
            [
                ban.prefix.description, ban.cause, shown(ban.age), ban.left.map { shown($0) } ?? "never", "\(ban.hits)",
                "\(ban.strikes)",
            ]
        }
        return aligned([head] + rows)
    }

    /// For programs: `ends_in` is null for a ban that does not end.
    package static func json(_ bans: [BanStatus]) -> JSON {
        let list = bans.map { ban in
            JSON.object(
                ["prefix": JSON(ban.prefix)] + causes(ban) + [
                    "age": .seconds(ban.age), "ends_in": JSON(ban.left), "hits": .integer(ban.hits),
                    "strikes": .integer(ban.strikes),
                ])
        }
        return .document(["bans": .list(list)])
    }

    /// The reason for a ban: the text in the log, and its parts.
    fileprivate static func causes(_ ban: BanStatus?) -> JSON.Object {
        let cause = ban.flatMap { BanCause(text: $0.cause) }
        var (word, service, reason, ending) = (String?.none, String?.none, String?.none, String?.none)
        switch cause {
        case .command(let text): (word, reason) = ("command", text)
        case .sensor(let name): (word, service) = ("sensor", name)
        case .penalties(let name, let last): (word, service, ending) = ("penalties", name, last.rawValue)
        case nil: break
        }
        return [
            "for": JSON(ban?.cause), "cause": JSON(word), "service": JSON(service), "ending": JSON(ending),
            "reason": JSON(reason),
        ]
    }
}

extension BanChange {
    /// Whether the prefix is now banned, or not banned, as the command asked.
    package var isDone: Bool {
        switch self {
        case .banned, .unbanned, .forgotten: true
        case .exempt, .full, .notBanned: false
        }
    }

    /// For people.
    package var text: String {
        switch self {
        case .banned(let ban):
            "\(ban.prefix) is banned" + (ban.left.map { " for \(wholeSeconds($0)) s" } ?? "")
        case .exempt(let prefix, let exempt): "\(prefix) is not banned: \(exempt) is exempt [exempt]"
        case .full(let prefix, let most): "\(prefix) is not banned: there are \(most) bans by command already"
        case .unbanned(let ban): "\(ban.prefix) is not banned any more"
        case .forgotten(let prefix): "\(prefix) was not banned any more; that it had been is forgotten"
        case .notBanned(let prefix, let wider): "\(prefix) is not banned" + wider.map { "; \($0) is" }.joined()
        }
    }

    /// For programs: the keys are the same for every outcome.
    package var json: JSON {
        switch self {
        case .banned(let ban): Self.json("banned", ban.prefix, ban)
        case .exempt(let prefix, let exempt): Self.json("exempt", prefix, exempt: exempt)
        case .full(let prefix, let most): Self.json("full", prefix, most: most)
        case .unbanned(let ban): Self.json("unbanned", ban.prefix, ban)
        case .forgotten(let prefix): Self.json("forgotten", prefix)
        case .notBanned(let prefix, let wider): Self.json("not_banned", prefix, wider: wider)
        }
    }

    private static func json(
        _ outcome: String, _ prefix: IPPrefix, _ ban: BanStatus? = nil, exempt: IPPrefix? = nil, most: Int? = nil,
        wider: [IPPrefix] = []
    ) -> JSON {
        .document(
            ["outcome": .string(outcome), "prefix": JSON(prefix), "seconds": JSON(ban?.left)]
                + BanStatus.causes(ban) + [
                    "exempt": exempt.map { JSON($0) } ?? .null, "limit": JSON(most),
                    "wider": .list(wider.map { JSON($0) }),
                ])
    }
}

extension JSON {
    fileprivate init(_ prefix: IPPrefix) { self = .string(prefix.description) }
}

/// The seconds of a duration, rounded up.
private func wholeSeconds(_ duration: Duration) -> Int64 {
    duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)
}
