// Turns files of xinetd into services. Reads all sections first, because `defaults` applies to every file.
// Source: xinetd.conf(5) of xinetd 2.3.15.

/// Reads the files of xinetd together.
struct XinetdImporter {
    let ports: PortTable
    var report: ImportReport
    private var sections: [XinetdSection] = []

    init(ports: PortTable, report: ImportReport) {
        self.ports = ports
        self.report = report
    }

    mutating func read(_ source: ImportSource) {
        sections += xinetdSections(source, &report)
    }

    /// The services of all files that were read.
    mutating func services() -> [ImportedService] {
        let defaults = sections.filter { $0.name == nil }.flatMap(\.attributes)
        for attribute in defaults { reportDefault(attribute) }
        return sections.compactMap { section in
            guard let name = section.name else { return nil }
            let settings = XinetdSettings(defaults: defaults, own: section.attributes, &report)
            var reader = XinetdService(
                name: name, place: section.place, settings: settings, ports: ports, report: report)
            let service = reader.read()
            report = reader.report
            if service == nil { for place in section.places { report.dropped(place) } }
            return service
        }
    }

    /// Reports an attribute of defaults, whether a service has it or not.
    private mutating func reportDefault(_ attribute: XinetdAttribute) {
        let name = attribute.name
        report.carried(attribute.place)
        if name.hasPrefix("log_on_") {
            report.logging(attribute)
        } else if let reason = XinetdReasons.attributes[name] {
            report.notCarriedOver(attribute.place, attribute.text, reason)
        } else if !XinetdSettings.inDefaults.contains(name) {
            report.notCarriedOver(attribute.place, attribute.text, "not an attribute that defaults can have")
        }
    }
}

extension ImportReport {
    /// Reports the words of log_on_success and log_on_failure.
    mutating func logging(_ attribute: XinetdAttribute) {
        guard !attribute.values.isEmpty, attribute.operation != .remove else {
            note(attribute.place, attribute.text, "the log has a line for each connection, with all that is known")
            return
        }
        for word in attribute.values {
            let reason = XinetdReasons.logging(word)
            if reason.hasPrefix("it is in") {
                note(attribute.place, "\(attribute.name) \(word)", reason)
            } else {
                notCarriedOver(attribute.place, "\(attribute.name) \(word)", reason)
            }
        }
    }
}
