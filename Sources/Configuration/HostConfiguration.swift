// Reads doorward.toml: the settings of the host, and `[defaults]` for every service.
// Promises that `[defaults]` is checked once, here, with its faults in doorward.toml: no service file repeats them.

internal import Addresses
package import ServiceModel

/// The content of doorward.toml, checked.
package struct HostConfiguration: Sendable {
    package var settings: HostSettings
    /// The place of `state`; nil when the file does not set it.
    package let stateOrigin: SourcePosition?
    /// The entries of `[defaults]`.
    let defaults: [TOMLEntry]

    /// A host without doorward.toml.
    package init(settings: HostSettings = HostSettings()) {
        self.init(settings: settings, stateOrigin: nil, defaults: [])
    }

    private init(settings: HostSettings, stateOrigin: SourcePosition?, defaults: [TOMLEntry]) {
        self.settings = settings
        self.stateOrigin = stateOrigin
        self.defaults = defaults
    }

    /// The state directory that a doorward.toml names, for a request to the running supervisor. Faults elsewhere in the
    /// file do not matter.
    ///
    /// - Parameters: as in ``read(text:file:directory:handlers:host:)``.
    package static func state(text: [UInt8], file: String, directory: String, host: Host) throws(Faults) -> String {
        let top = try top(of: text, file: file)
        var reading = Reading(host: host, handlers: "", layer: .defaults, file: file)
        reading.directory = directory
        var settings = HostSettings()
        reading.read(HostSettings.keys.filter { $0.name == "state" }, of: top, into: &settings)
        guard reading.faults.isEmpty else { throw Faults(reading.faults) }
        return settings.state
    }

    private static func top(of text: [UInt8], file: String) throws(Faults) -> Section {
        do {
            return Section(title: "", entries: try readTOML(SourceText(text, file: file)))
        } catch {
            throw Faults([error])
        }
    }

    /// Reads doorward.toml.
    ///
    /// Relative paths in it, and the default of `services`, start at the directory of the file.
    ///
    /// - Parameters:
    ///   - text: The file's bytes; any are allowed.
    ///   - file: The path, as faults show it.
    ///   - directory: The directory of the file, absolute if the paths in the settings are to be; nil: as `file` spells
    /// it.
    ///   - handlers: The handler directory of the command line; it replaces the key `handlers`.
    package static func read(
        text: [UInt8], file: String, directory: String? = nil, handlers: String? = nil, host: Host
    ) throws(Faults) -> HostConfiguration {
        let top = try top(of: text, file: file)
        let directory = directory ?? directoryPart(of: file)
        var reading = Reading(host: host, handlers: "", layer: .defaults, file: file)
        reading.directory = directory
        reading.refuseUnknownKeys(of: top, known: topNames(of: HostSettings.keys) + ["defaults"])
        var settings = HostSettings()
        settings.services = joinPath(directory, settings.services)
        reading.read(HostSettings.keys, of: top, into: &settings)
        if let handlers { settings.handlers = handlers }

        var defaultsReading = Reading(host: host, handlers: settings.handlers, layer: .defaults, file: file)
        let defaults = defaultsReading.defaults(of: top)
        let faults = reading.faults + defaultsReading.faults
        guard faults.isEmpty else { throw Faults(faults) }
        return HostConfiguration(settings: settings, stateOrigin: top.origins["state"], defaults: defaults)
    }
}

extension Reading {
    /// Reads `[defaults]` as a service, for its faults only; each service reads the values again.
    fileprivate mutating func defaults(of top: Section) -> [TOMLEntry] {
        guard let section = section("defaults", of: top, known: topNames(of: Service.keys)) else { return [] }
        let ownKeys = Service.keys.filter { $0.scope == .service }.map(\.name)
        for entry in section.entries where ownKeys.contains(entry.key) {
            fault(entry.position, "\(quoted(entry.key)) in [defaults]; expected it in each service's own file only")
        }
        let common = Section(title: section.title, entries: section.entries.filter { !ownKeys.contains($0.key) })
        var service = Service(
            name: "", file: file, listen: [], handler: .none, identity: Identity(user: .dynamic))
        readService(of: common, into: &service)
        let nothing = Section(title: "", entries: [])
        check(service, own: nothing, merged: common)
        checkTogether(&service, own: nothing, merged: common)
        return section.entries
    }

    /// Reads addresses and prefixes. An element that is neither is a fault and left out.
    mutating func prefixes(_ entry: TOMLEntry) -> [IPPrefix]? {
        guard let texts = strings(entry, expected: "a list of addresses and prefixes, like [\"10.0.0.0/8\"]") else {
            return nil
        }
        var result: [IPPrefix] = []
        for (text, node) in texts {
            do throws(IPPrefixError) {
                result.append(try IPPrefix(text))
            } catch {
                fault(node.position, "\(quoted(entry.key)): \(error)")
            }
        }
        return result
    }

    /// Reads a path, relative to a directory.
    mutating func path(_ entry: TOMLEntry, from directory: String) -> String? {
        guard let text = string(entry, expected: "a path in quotes") else { return nil }
        guard !text.isEmpty else {
            fault(entry.value.position, "\(quoted(entry.key)) is empty; expected a path")
            return nil
        }
        return joinPath(directory, text)
    }
}

/// The part of a path before the last slash; empty when there is none.
private func directoryPart(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
}
