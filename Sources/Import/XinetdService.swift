// One service of xinetd: whether Doorward can serve it, and what each attribute becomes.

internal import Text

/// Reads the attributes of one service.
struct XinetdService {
    let name: String
    let place: Place
    let settings: XinetdSettings
    let ports: PortTable
    var report: ImportReport
    var service: ImportedService
    /// The words of `flags`.
    let flags: [String]

    init(name: String, place: Place, settings: XinetdSettings, ports: PortTable, report: ImportReport) {
        self.name = name
        self.place = place
        self.settings = settings
        self.ports = ports
        self.report = report
        flags = settings["flags"]?.values ?? []
        let id = settings["id"]?.values.first ?? name
        service = ImportedService(name: serviceName(from: id), place: place)
    }

    var isSensor: Bool { flags.contains("SENSOR") }
    var types: [String] { settings["type"]?.values ?? [] }

    /// nil with a remark that gives the reason.
    mutating func read() -> ImportedService? {
        reportOthers()
        if let (attribute, problem) = problem() {
            drop(attribute, problem)
            return nil
        }
        setActivation()
        guard setListen(), setHandler(), setIdentity() else { return nil }
        setEnvironment()
        setNumbers()
        setLimits()
        setHours()
        setSensor()
        setAccess()
        return service
    }

    /// The attribute and the reason why Doorward cannot serve the service.
    private func problem() -> (XinetdAttribute?, String)? {
        if let type = settings["socket_type"], type.values != ["stream"] {
            return (type, "Doorward serves stream sockets only")
        }
        if let network = settings["protocol"], !["tcp", "tcp4", "tcp6"].contains(network.values.first ?? "") {
            return (network, "Doorward serves TCP and unix sockets only")
        }
        if let type = settings["type"] {
            if types.contains("RPC") {
                return (type, "Sun RPC: Doorward registers nothing with a portmapper")
            }
            if types.contains(where: { $0.hasPrefix("TCPMUX") }) || name == "tcpmux" {
                return (type, "TCPMUX is not served: give the service a port of its own")
            }
        }
        if let wait = settings["wait"], wait.values != ["no"] {
            return (
                wait,
                "the program accepts by itself, and Doorward's handlers get a connection; "
                    + "run it as a daemon, or with an option that makes it serve one connection"
            )
        }
        if let redirect = settings["redirect"] {
            let target = redirect.values.prefix(2).map(printable).joined(separator: ":")
            return (
                redirect,
                "Doorward connects nowhere; a program does: handler = [\"/usr/bin/socat\", \"STDIO\", "
                    + "\"TCP:\(target)\"] with network = [\"inet\", \"inet6\"]"
            )
        }
        return nil
    }

    mutating func drop(_ attribute: XinetdAttribute?, _ why: String) {
        report.notCarriedOver(
            attribute?.place ?? place, attribute?.text ?? "service \(name)", "\(why); no file for '\(printable(name))'")
    }

    /// Reports attributes without a counterpart, and unknown ones.
    private mutating func reportOthers() {
        for name in settings.names {
            if name.hasPrefix("log_on_") {
                for attribute in Dictionary(grouping: settings.items(name) ?? [], by: { $0.attribute.place }).values {
                    if let first = attribute.first { report.logging(first.attribute) }
                }
            }
            guard let attribute = settings[name], !XinetdReasons.carried.contains(name) else { continue }
            if let reason = XinetdReasons.attributes[name] {
                report.notCarriedOver(attribute.place, attribute.text, reason)
            } else {
                let near = nearestName(to: name, among: XinetdReasons.carried + XinetdReasons.attributes.keys.sorted())
                let hint = near.map { "; did you mean '\($0)'?" } ?? ""
                report.notCarriedOver(attribute.place, attribute.text, "not a directive of xinetd\(hint)")
            }
        }
        for flag in flags {
            guard let attribute = settings["flags"] else { continue }
            if let reason = XinetdReasons.flags[flag] {
                report.notCarriedOver(attribute.place, "flags \(flag)", reason)
            } else if !["NAMEINARGS", "NODELAY", "KEEPALIVE", "SENSOR", "IPv4", "IPv6", "REUSE", "DISABLE"].contains(
                flag)
            {
                report.notCarriedOver(attribute.place, "flags \(flag)", "not a flag of xinetd")
            }
        }
        if let type = settings["type"] {
            for word in types where !["INTERNAL", "UNLISTED", "RPC", "TCPMUX", "TCPMUXPLUS", "SPECIAL"].contains(word) {
                report.notCarriedOver(type.place, "type \(word)", "not a type of xinetd")
            }
        }
    }

    /// Sets `enabled` from `disable`, and from the lists `disabled` and `enabled` of defaults.
    private mutating func setActivation() {
        let id = settings["id"]?.values.first ?? name
        var isEnabled = true
        if let disable = settings["disable"] {
            if disable.values.first != "no" { isEnabled = false }
            if !["yes", "no"].contains(disable.values.first ?? "") {
                report.note(disable.place, disable.text, "expected yes or no; the service is switched off")
            }
        }
        if flags.contains("DISABLE") { isEnabled = false }
        if settings.items("disabled")?.contains(where: { $0.word == id }) == true { isEnabled = false }
        if let enabled = settings.items("enabled"), !enabled.contains(where: { $0.word == id }) { isEnabled = false }
        if !isEnabled { service[.enabled] = .boolean(false) }
    }
}
