// The fields of inetd.conf that have parts: the name, the protocol, the wait field and the user.

/// The first field: `name`, `host,host:name`, `[::1]:name`; for unix sockets a path, or FreeBSD's
/// `:user:group:mode:path`.
struct InetdName {
    var hosts: [String]
    var name: String

    /// - Parameter sticky: the hosts of an earlier line that named hosts and no service.
    init(_ field: String, sticky: [String]) {
        guard let colon = field.lastIndex(of: ":") else {
            hosts = sticky
            name = field
            return
        }
        hosts = InetdName.hosts(field[..<colon])
        name = String(field[field.index(after: colon)...])
    }

    /// Hosts with commas between; brackets around an IPv6 address may be left out.
    static func hosts(_ text: Substring) -> [String] {
        text.split(separator: ",", omittingEmptySubsequences: false).map { host in
            host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host)
        }
    }
}

/// The third field: `tcp`, `tcp4`, `tcp6`, `tcp46`, `unix`, with options after a comma.
struct InetdProtocol {
    enum Kind: Hashable {
        case tcp(Families)
        case unix
        /// The reason why it is not carried over.
        case other(String)
    }

    var kind: Kind
    /// For example `sndbuf=64k`.
    var options: [String]

    init(_ field: String) {
        let parts = field.split(separator: ",").map(String.init)
        options = Array(parts.dropFirst())
        let name = parts.first ?? ""
        switch name {
        case "tcp", "tcp46": kind = .tcp(.both)
        case "tcp4": kind = .tcp(.ipv4)
        case "tcp6", "tcp6only": kind = .tcp(.ipv6)
        case "unix": kind = .unix
        case _ where name.hasPrefix("rpc/"):
            kind = .other("Sun RPC: Doorward registers nothing with a portmapper; listen on a port of its own instead")
        case _ where name.hasPrefix("udp"): kind = .other("UDP: Doorward serves TCP and unix sockets only")
        default: kind = .other("an unknown protocol; TCP and unix sockets are served")
        }
    }
}

/// The fourth field: `nowait`, `nowait.40` or `nowait:40` (OpenBSD, NetBSD), `nowait/10/5/3` (FreeBSD).
struct InetdWait {
    var isWait: Bool
    /// Connections of the whole service in a minute.
    var perMinute: Int?
    /// Connections of the whole service at once.
    var connections: Int?
    /// Connections of one address in a minute.
    var perMinuteOfSource: Int?
    /// Connections of one address at once.
    var perSource: Int?

    /// nil when the field has another form.
    init?(_ field: String) {
        let parts = field.split(separator: "/", omittingEmptySubsequences: false)
        let head = parts[0].split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "." || $0 == ":" }
        guard head[0] == "wait" || head[0] == "nowait", parts.count <= 4 else { return nil }
        isWait = head[0] == "wait"
        if head.count > 1 {
            guard let number = readNumber(head[1]) else { return nil }
            perMinute = number
        }
        var numbers: [Int] = []
        for part in parts.dropFirst() {
            guard let number = readNumber(part) else { return nil }
            numbers.append(number)
        }
        connections = numbers.first
        perMinuteOfSource = numbers.count > 1 ? numbers[1] : nil
        perSource = numbers.count > 2 ? numbers[2] : nil
    }
}

/// The fifth field: `user`, `user:group`, `user.group`, with FreeBSD's `/class` at the end.
struct InetdUser {
    var user: String
    var group: String?
    var loginClass: String?

    init(_ field: String) {
        let parts = field.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        loginClass = parts.count > 1 ? String(parts[1]) : nil
        let separator: Character = parts[0].contains(":") ? ":" : "."
        let names = parts[0].split(separator: separator, maxSplits: 1, omittingEmptySubsequences: false)
        user = String(names[0])
        group = names.count > 1 && !names[1].isEmpty ? String(names[1]) : nil
    }
}
