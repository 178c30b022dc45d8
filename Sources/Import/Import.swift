// Turns configuration of inetd, xinetd and tcpserver into service files: text in, services and a report out.
// Promises that every line of every file has a fate (ImportReport), and that `doorward check` can read each file that
// comes out. Never looks for users, programs or paths.
// Never touches the machine.

/// The result of an import.
package struct Imported: Sendable {
    /// In the order of the files, each with a name of its own.
    package private(set) var services: [ImportedService] = []
    /// The rules of tcprules sources that belong to no service yet: the value of `access` as a service file writes it.
    package private(set) var access: String?
    package private(set) var report = ImportReport()

    /// Imports files that belong together.
    ///
    /// - Parameters:
    ///   - ports: the names of ports.
    ///   - service: the service of the rules of tcprules sources. If no other file defines it, it becomes a file to
    ///     fill in.
    package init(_ sources: [ImportSource], ports: PortTable, service: String? = nil) {
        var xinetd = XinetdImporter(ports: ports, report: report)
        for source in sources where source.format == .xinetd { xinetd.read(source) }
        services += xinetd.services()
        var inetd = InetdImporter(ports: ports, report: xinetd.report)
        for source in sources where source.format == .inetd { inetd.read(source) }
        services += inetd.services
        var rules = TcpRulesImporter(report: inetd.report)
        for source in sources where source.format == .tcprules { rules.read(source) }
        let ruleFile = sources.first { $0.format == .tcprules }?.file
        let texts = ruleFile.map { rules.access(of: $0) }
        report = rules.report
        makeNamesUnique(&services)
        switchOffConflicts()
        if let ruleFile, let texts { place(texts, from: ruleFile, of: service, ports: ports) }
        noteLargeFiles()
        if let first = sources.first(where: { $0.format != .tcprules }), !services.isEmpty {
            addGeneralNotes(first.file)
        }
    }

    /// Adds access rules to their service.
    private mutating func place(_ rules: [String], from file: String, of name: String?, ports: PortTable) {
        guard let name else {
            access = "access = \(listText(rules))\n"
            return
        }
        if let index = services.firstIndex(where: { $0.name == serviceName(from: name) }) {
            if services[index][.access] != nil {
                report.note(services[index].place, "access", "the rules of \(printable(file)) take its place")
            }
            services[index][.access] = .list(rules)
            return
        }
        var service = ImportedService(name: serviceName(from: name), place: Place(file: file, line: 0))
        service[.enabled] = .boolean(false)
        let port = ports.port(name) ?? 0
        service[.listen] = .list(["0.0.0.0:\(port)", "[::]:\(port)"])
        service[.handler] = .list(["/usr/sbin/\(service.name)"])
        service[.access] = .list(rules)
        services.append(service)
        report.note(
            service.place, "--service \(name)",
            "rules say neither where to listen nor what to start: set listen, handler and user, then enabled = true")
    }

    /// Notes each file that is longer than a service file may be.
    private mutating func noteLargeFiles() {
        let most = 256 << 10
        for service in services where service.fileText.utf8.count > most {
            report.note(
                service.place, service.name,
                "its file is longer than the \(most) bytes that are read; move refusals to the block list [block_list]")
        }
    }

    /// Disables the second of two enabled services with one address.
    private mutating func switchOffConflicts() {
        var owners: [String: String] = [:]
        for index in services.indices where services[index].isEnabled {
            if let address = services[index].addresses.first(where: { owners[$0] != nil }), let owner = owners[address]
            {
                services[index][.enabled] = .boolean(false)
                report.note(
                    services[index].place, services[index].name,
                    "switched off: '\(owner)' listens on \(address) already")
            } else {
                for address in services[index].addresses { owners[address] = services[index].name }
            }
        }
    }

    /// Notes what is different for every service.
    private mutating func addGeneralNotes(_ file: String) {
        let place = Place(file: file, line: 0)
        report.note(
            place, "files and network",
            "handlers reach the directory of their program and nothing else; [files], network and "
                + "capabilities open more, and 'doorward exec' tries it out")
        report.note(
            place, "limits", "where the file has none: 100 connections, 10 of one source, an hour for each [limits]")
        report.note(place, "standard error", "it goes to the log, not to the client [stderr]")
        report.note(
            place, "environment",
            "only PATH, the variables about the connection, and those of [environment]; no groups but "
                + "those of 'groups'")
        report.note(
            place, "addresses",
            "a service that names no address or family listens on IPv4 and IPv6, as on Debian; FreeBSD's and "
                + "GNU's inetd mean IPv4")
    }
}
