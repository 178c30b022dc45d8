// A table of a file with the keys that it may have, and how defaults lie under it.

internal import Text

/// A table as its reader sees it.
struct Section: Sendable {
    /// As a header spells it; empty for the top of a file.
    var title: String
    var entries: [TOMLEntry]

    /// The entry of a key.
    subscript(key: String) -> TOMLEntry? {
        entries.first { $0.key == key }
    }
}

/// The keys that Doorward knows.
enum KnownKeys {
    static let service = required + filters + common + ["enabled", "sensor"]
    static let required = ["listen", "handler"]
    static let filters = ["input_filters", "output_filters"]
    /// Those that `[defaults]` takes too.
    static let common =
        identity + [
            "access", "environment", "stderr", "directory", "umask", "nice", "limits", "socket", "network", "seccomp",
            "system_calls", "landlock", "files", "private_tmp", "root", "penalties", "refuse", "deny_message", "hours",
            "time_zone", "max_load", "start", "first_byte", "greet_delay", "proxy_protocol", "dnsbl",
            "checks", "check_timeout", "check_cache",
        ]
    /// Those that belong together: see Section.over(defaults:).
    static let identity = ["user", "group", "groups", "capabilities"]
    static let limits = [
        "connections", "per_source", "lifetime", "files", "processes", "memory", "cpu", "core", "file_size",
        "total_memory", "rate", "burst", "total_rate", "total_burst", "waiting",
    ]
    static let penalties = [
        "exit", "failure", "signal", "no_data", "lifetime", "limit", "threshold", "half_life", "ban", "longest_ban",
    ]
    static let socket = ["backlog", "nodelay", "keepalive", "owner", "group", "mode"]
    static let files = ["read", "write", "execute"]
    static let host = [
        "services", "handlers", "state", "block_list", "source_prefix", "exempt", "kernel_filter", "nameservers",
        "drain",
        "defaults",
    ]
    static let sourcePrefix = ["ipv4", "ipv6"]

    /// Where a key belongs that stands in the wrong table, in words; nil for one that is known nowhere.
    static func home(of key: String) -> String? {
        if limits.contains(key) { return "it belongs in [limits]" }
        if service.contains(key) { return "it belongs at the top of a service's file, before the first [table]" }
        if socket.contains(key) { return "it belongs in [socket]" }
        if files.contains(key) { return "it belongs in [files]" }
        if penalties.contains(key) { return "it belongs in [penalties]" }
        return nil
    }
}

extension Section {
    /// This table over another: what is here decides, key by key.
    ///
    /// `limits`, `socket`, `files` and `environment` decide for each of their own keys. A file that says `user` takes none of
    /// the identity from the defaults: groups and capabilities that were meant for one user are not another's.
    func over(defaults: [TOMLEntry]) -> Section {
        // In an inner table `user` is a name like any other.
        let ownsUser = title.isEmpty && self["user"] != nil
        var merged = Section(title: title, entries: [])
        for entry in defaults {
            if let own = self[entry.key] {
                guard case .table(let mine) = own.value.content, case .table(let theirs) = entry.value.content
                else { continue }
                let inner = Section(title: entry.key, entries: mine).over(defaults: theirs)
                var both = own
                both.value.content = .table(inner.entries)
                merged.entries.append(both)
            } else if !ownsUser || !KnownKeys.identity.contains(entry.key) {
                merged.entries.append(entry)
            }
        }
        let taken = Set(merged.entries.map(\.key))
        merged.entries += entries.filter { !taken.contains($0.key) }
        return merged
    }
}

extension Reading {
    /// The table under a key, with its unknown keys reported; nil when it is absent or not a table.
    mutating func section(_ key: String, of outer: Section, known: [String]) -> Section? {
        guard let entry = outer[key] else { return nil }
        let title = outer.title.isEmpty ? key : "\(outer.title).\(key)"
        guard case .table(let entries) = entry.value.content else {
            wrongType(
                entry, expected: "a table: [\(title)] and under it keys like \(known.prefix(2).joined(separator: ", "))"
            )
            return nil
        }
        let section = Section(title: title, entries: entries)
        refuseUnknownKeys(of: section, known: known)
        return section
    }

    /// Reports each key that is not known, with the one that was probably meant.
    mutating func refuseUnknownKeys(of section: Section, known: [String]) {
        for entry in section.entries where !known.contains(entry.key) {
            let place = section.title.isEmpty ? "" : " in [\(section.title)]"
            let hint: String
            if let near = nearestName(to: entry.key, among: known) {
                hint = "did you mean '\(near)'?"
            } else if let home = KnownKeys.home(of: entry.key) {
                hint = home
            } else {
                hint = "expected one of \(known.joined(separator: ", "))"
            }
            fault(entry.position, "unknown key \(quoted(entry.key))\(place); \(hint)")
        }
    }
}
