// The addresses, the program, the account and the variables of a service of xinetd.

import Configuration

extension XinetdService {
    /// Sets `listen` from `port`, `bind`, `interface`, `v6only` and the flags of families.
    mutating func setListen() -> Bool {
        guard let port = settings["port"].map({ ports.port($0.values.first ?? "") }) ?? ports.port(name) else {
            let why =
                settings["port"] == nil
                ? "its name is not in the table of services [--services-file]" : "expected a port"
            drop(settings["port"], why)
            return false
        }
        let bind = settings["bind"] ?? settings["interface"]
        if settings["bind"] != nil, let other = settings["interface"] {
            report.notCarriedOver(other.place, other.text, "it is the same as bind, which is set too")
        }
        let isOnlyV6 = settings["v6only"]?.values.first == "yes"
        let families: Families =
            flags.contains("IPv4") && !flags.contains("IPv6") ? .ipv4 : isOnlyV6 ? .ipv6 : .both
        var hosts = [bind?.values.first ?? "*"]
        // In xinetd an IPv6 socket takes IPv4 clients too, here it does not.
        if hosts == ["::"] { hosts = ["*"] }
        let choice = ListenChoice(hosts: hosts, families: families, port: port)
        guard
            report.setListen(choice, of: &service, directive: bind?.text ?? "service \(name)", at: bind?.place ?? place)
        else { return false }
        if let backlog = settings["socket_backlog"] {
            set(.backlog, backlog, "an integer from 1 to 65535") { text in
                readNumber(text).flatMap { (1...65535).contains($0) ? .number($0) : nil }
            }
        }
        return true
    }

    /// Sets `handler` from `server` and `server_args`, or for an internal service.
    mutating func setHandler() -> Bool {
        if isSensor {
            // A sensor has no handler. A service that only refuses needs a handler, which is never started.
            if settings["deny_time"]?.values.first == "NEVER" { service[.handler] = .list(["classic", "discard"]) }
            for unused in ["server", "server_args"] {
                if let attribute = settings[unused] {
                    report.notCarriedOver(attribute.place, attribute.text, "a sensor starts nothing")
                }
            }
            return true
        }
        if types.contains("INTERNAL") {
            guard let inside = InternalService(name) else {
                drop(settings["type"], "no handler does the work of this internal service")
                return false
            }
            service[.handler] = .list(inside.handler)
            if let type = settings["type"] { report.note(type.place, type.text, inside.difference) }
            return true
        }
        guard let server = settings["server"], let program = server.values.first else {
            drop(settings["server"], "'server' is missing")
            return false
        }
        if server.values.count > 1 {
            report.notCarriedOver(server.place, server.text, "arguments belong in server_args; the first word is taken")
        }
        var arguments = settings["server_args"]?.values ?? []
        if let quotes = settings["server_args"], arguments.contains(where: { $0.contains("\"") || $0.contains("'") }) {
            report.note(
                quotes.place, quotes.text, "blanks separate arguments, and quotes are a part of them; check 'handler'")
        }
        let isNamed = flags.contains("NAMEINARGS") && !arguments.isEmpty
        let name = isNamed ? arguments.removeFirst() : nil
        let handler = report.handler(
            program: program, name: name, arguments: arguments, place: server.place, directive: server.text)
        service[.handler] = handler.map { .list($0) }
        return handler != nil
    }

    /// Sets `user`, `group` and the supplementary groups from `user`, `group` and `groups`.
    mutating func setIdentity() -> Bool {
        if isSensor || types.contains("INTERNAL") {
            for unused in ["user", "group"] {
                if let attribute = settings[unused] {
                    report.note(
                        attribute.place, attribute.text, "the handler runs as a user of its own (user = \"dynamic\")")
                }
            }
        } else if let user = settings["user"] {
            guard report.setUser(user.values.first ?? "", of: &service, directive: user.text, at: user.place) else {
                return false
            }
            if let group = settings["group"] {
                report.setGroup(group.values.first ?? "", of: &service, directive: group.text, at: group.place)
            }
        } else {
            report.note(place, "service \(name)", "no user is named: it runs as a user of its own (user = \"dynamic\")")
            if let group = settings["group"] {
                report.notCarriedOver(group.place, group.text, "it belongs to a user, and none is named")
            }
        }
        setGroups()
        return true
    }

    private mutating func setGroups() {
        guard let groups = settings["groups"], groups.values != ["no"] else { return }
        guard groups.values != ["yes"] else {
            report.notCarriedOver(
                groups.place, groups.text, "the groups of an account are not taken on; list them [groups]")
            return
        }
        let isRoot = service[.user] == .text("root")
        let kept = groups.values.compactMap(accountSpelling).filter { isRoot || !isGroupOfRoot($0) }
        if kept.count < groups.values.count {
            report.notCarriedOver(groups.place, groups.text, "only user = \"root\" may have the group of root")
        }
        service[.groups] = .list(kept)
    }

    /// Sets the variables from `env` and `passenv`.
    mutating func setEnvironment() {
        for item in settings.items("env") ?? [] {
            let parts = item.word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
            guard parts.count == 2 else {
                report.notCarriedOver(item.attribute.place, "env \(item.word)", "expected NAME=VALUE")
                continue
            }
            if let problem = environmentNameProblem(parts[0]) {
                report.notCarriedOver(item.attribute.place, "env \(item.word)", printable(problem))
                continue
            }
            service.setVariable(parts[0], parts[1])
        }
        for item in settings.items("passenv") ?? [] {
            report.notCarriedOver(
                item.attribute.place, "passenv \(item.word)", "nothing is passed through; set its value [environment]")
        }
    }
}
