// Turns inetd.conf into services.
// Promises a service only when it understands the whole entry; everything else has a remark with its line.
// Source: inetd(8) of OpenBSD and Debian, FreeBSD, NetBSD and GNU inetutils.

internal import Addresses

/// Reads files of inetd, one after the other.
struct InetdImporter {
    let ports: PortTable
    var report: ImportReport
    private(set) var services: [ImportedService] = []
    /// The hosts of a line like `127.0.0.1:`, which apply to the lines after it.
    private var sticky = ["*"]

    init(ports: PortTable, report: ImportReport) {
        self.ports = ports
        self.report = report
    }

    mutating func read(_ source: ImportSource) {
        sticky = ["*"]
        for entry in inetdEntries(source, &report) {
            for place in entry.places { report.carried(place) }
            guard let service = service(of: entry) else { continue }
            services.append(service)
        }
    }

    /// nil with a remark, or when the line defines no service.
    private mutating func service(of entry: InetdEntry) -> ImportedService? {
        let fields = entry.words
        if fields[0] == ".include" {
            drop(entry, "other files are not followed; name them too: doorward import FILE ...")
            return nil
        }
        if fields.count == 1, let hosts = fields[0].last == ":" ? fields[0].dropLast() : nil {
            sticky = InetdName.hosts(hosts)
            report.note(entry.place, fields[0], "its addresses stand in 'listen' of each service behind it")
            return nil
        }
        if fields.count > 2, fields[1] == "on" || fields[1] == "off" {
            drop(entry, "NetBSD's form with keys; write it as one line of fields, or by hand")
            return nil
        }
        guard fields.count >= 6 || fields.count == 5 && isInternal(fields[4]) else {
            drop(entry, "expected name, socket type, protocol, wait or nowait, user, program and arguments")
            return nil
        }
        if let problem = problem(of: fields) {
            drop(entry, problem)
            return nil
        }
        return read(entry)
    }

    /// The reason why Doorward cannot serve an entry.
    private func problem(of fields: [String]) -> String? {
        if case .other(let reason) = InetdProtocol(fields[2]).kind { return reason }
        guard fields[1] == "stream" else { return "\(fields[1]) sockets: Doorward serves stream sockets only" }
        if fields[0].hasPrefix("tcpmux") { return "TCPMUX is not served: give the service a port of its own" }
        guard let wait = InetdWait(fields[3]) else { return "expected wait or nowait, and limits that are numbers" }
        if wait.isWait {
            return "wait: the program accepts by itself, and Doorward's handlers get a connection; "
                + "run it as a daemon, or with an option that makes it serve one connection"
        }
        return nil
    }

    /// The service of an entry that Doorward can serve.
    private mutating func read(_ entry: InetdEntry) -> ImportedService? {
        let fields = entry.words
        var service = ImportedService(name: "", place: entry.place)
        if entry.isOff { service[.enabled] = .boolean(false) }
        guard setListen(of: &service, entry), setProgram(of: &service, entry) else { return nil }
        let user = InetdUser(fields[4])
        let isInside = isInternal(fields[4]) || isInternal(fields[5])
        if !isInside {
            guard report.setUser(user.user, of: &service, directive: fields[4], at: entry.place) else { return nil }
            if let group = user.group {
                report.setGroup(group, of: &service, directive: fields[4], at: entry.place)
            }
        }
        if let loginClass = user.loginClass {
            report.notCarriedOver(
                entry.place, "/\(loginClass)", "login classes are BSD's; set [limits], umask and [environment] instead")
        }
        if let wait = InetdWait(fields[3]) { setLimits(of: &service, wait, entry) }
        return service
    }

    private mutating func setListen(of service: inout ImportedService, _ entry: InetdEntry) -> Bool {
        let fields = entry.words
        let network = InetdProtocol(fields[2])
        for option in network.options {
            report.notCarriedOver(
                entry.place, option, "sizes of socket buffers are the kernel's (net.ipv4.tcp_rmem, tcp_wmem)")
        }
        guard case .tcp(let families) = network.kind else { return setPath(of: &service, entry) }
        let name = InetdName(fields[0], sticky: sticky)
        service.name = serviceName(from: name.name)
        guard let port = ports.port(name.name) else {
            drop(entry, "'\(printable(name.name))' is not in the table of services; write its port [--services-file]")
            return false
        }
        let choice = ListenChoice(hosts: name.hosts, families: families, port: port)
        guard report.setListen(choice, of: &service, directive: fields[0], at: entry.place) else { return false }
        if fields[2].hasPrefix("tcp6"), !fields[2].hasPrefix("tcp6only") {
            report.note(
                entry.place, fields[2], "IPv6 only, as OpenBSD, Debian and FreeBSD have it; GNU's takes IPv4 too")
        }
        return true
    }

    /// A unix socket: `/path`, or `:user:group:mode:/path`.
    private mutating func setPath(of service: inout ImportedService, _ entry: InetdEntry) -> Bool {
        let field = entry.words[0]
        let parts = field.split(separator: ":", maxSplits: 4, omittingEmptySubsequences: false).map(String.init)
        let isLong = field.hasPrefix(":") && parts.count == 5
        let path = isLong ? parts[4] : field
        guard let address = ListenAddress("unix:\(path)") else {
            drop(entry, "expected the absolute path of a socket, of \(ListenAddress.longestUnixPath) bytes at most")
            return false
        }
        service.name = serviceName(from: baseName(path))
        service[.listen] = .list([address.description])
        guard isLong else {
            report.note(entry.place, field, "only its owner may connect; others: socket.mode")
            return true
        }
        if !parts[1].isEmpty, let owner = accountSpelling(parts[1]) { service[.owner] = .text(owner) }
        if !parts[2].isEmpty, let group = accountSpelling(parts[2]) { service[.socketGroup] = .text(group) }
        if let mode = UInt32(parts[3], radix: 8), mode <= 0o777 {
            service[.mode] = .text(String(mode, radix: 8))
        } else {
            report.notCarriedOver(entry.place, parts[3], "expected an octal mode like 660; only the owner may connect")
        }
        return true
    }

    private mutating func setProgram(of service: inout ImportedService, _ entry: InetdEntry) -> Bool {
        let fields = entry.words
        if isInternal(fields[4]) || isInternal(fields[5]) {
            guard let inside = InternalService(InetdName(fields[0], sticky: []).name) else {
                drop(entry, "no handler does the work of this internal service")
                return false
            }
            service[.handler] = .list(inside.handler)
            report.note(entry.place, "internal", "\(inside.difference); it runs as a user of its own")
            return true
        }
        let handler = report.handler(
            program: fields[5], name: fields.count > 6 ? fields[6] : nil, arguments: Array(fields.dropFirst(7)),
            place: entry.place, directive: fields.dropFirst(5).joined(separator: " "))
        service[.handler] = handler.map { .list($0) }
        return handler != nil
    }

    private mutating func setLimits(of service: inout ImportedService, _ wait: InetdWait, _ entry: InetdEntry) {
        let field = entry.words[3]
        if let count = wait.perMinute {
            service[.totalRate] = report.rate(count, per: "min", directive: field, at: entry.place)
            if count > 0 {
                report.note(
                    entry.place, field, "above this rate inetd closes the service for ten minutes; here it stays open")
            }
        }
        if let count = wait.connections {
            report.setConnections(count, of: &service, directive: field, at: entry.place)
        }
        if let count = wait.perMinuteOfSource {
            service[.rate] = report.rate(count, per: "min", directive: field, at: entry.place)
        }
        if let count = wait.perSource { report.setPerSource(count, of: &service) }
    }

    private mutating func drop(_ entry: InetdEntry, _ why: String) {
        report.notCarriedOver(entry.place, entry.text, why)
        for place in entry.places { report.dropped(place) }
    }
}

private func isInternal(_ field: String) -> Bool { field == "internal" || field == "builtin" }
