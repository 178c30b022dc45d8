// What `doorward blocked` prints.
internal import Addresses
package import Control

extension BanStatus {
    /// For people.
    package static func text(_ bans: [BanStatus]) -> String {
        guard !bans.isEmpty else { return "nobody is banned" }
        let head = ["prefix", "for", "age", "ends in", "hits", "strikes"]
        let rows = bans.map { ban in
            [
                ban.prefix.description, ban.cause, shown(ban.age), ban.left.map { shown($0) } ?? "never", "\(ban.hits)",
                "\(ban.strikes)",
            ]
        }
        return aligned([head] + rows)
    }

    /// For programs: times in seconds; `ends_in` is null for a ban that does not end.
    package static func json(_ bans: [BanStatus]) -> String {
        let list = bans.map { ban in
            "{\"prefix\":\(JSON.text(ban.prefix.description)),\"for\":\(JSON.text(ban.cause)),\"age\":\(seconds(ban.age)),"
                + "\"ends_in\":\(ban.left.map { seconds($0) } ?? "null"),\"hits\":\(ban.hits),\"strikes\":\(ban.strikes)}"
        }
        return "[" + list.joined(separator: ",\n ") + "]"
    }
}
