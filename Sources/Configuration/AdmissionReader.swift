// The keys of admission beside `access` and `[limits]`: `sensor`, `[penalties]`, `refuse`, `deny_message`, `hours`,
// `max_load`. Promises that a key which another one makes useless is a fault.

internal import Addresses
import ServiceModel

extension Reading {
    private static let hoursForms = "a list of times like [\"Mon-Fri 08:00-18:00\"]"
    private static let exitForms = "a table of exit statuses and their points, like { 77 = 20 }"

    /// What the section says about who may come in.
    mutating func admission(of top: Section) -> AdmissionSettings {
        var settings = AdmissionSettings()
        settings.penalties = penalties(of: top)
        read("refuse", of: top, into: &settings.refusal) { $0.choice($1).map { RefusalAction($0) } }
        readDenyMessage(of: top, into: &settings.refusal)
        read("hours", of: top, into: &settings.hours) { $0.hours($1) }
        read("time_zone", of: top, into: &settings.timeZone) { $0.timeZone($1) }
        read("max_load", of: top, into: &settings.mostLoad) { $0.load($1) }
        readPreConnection(of: top, into: &settings)
        read("dnsbl", of: top, into: &settings.dnsbl) { $0.dnsbl($1) }
        settings.checks = checks(of: top)
        if settings.hours == nil, let zone = top["time_zone"], zone.position.file == file {
            fault(zone.position, "'time_zone' does nothing without 'hours'; expected both")
        }
        return settings
    }

    /// A duration that is not 0.
    mutating func someTime(_ entry: TOMLEntry) -> Duration? {
        guard let time = duration(entry) else { return nil }
        guard time > .zero else {
            fault(entry.value.position, "\(quoted(entry.key)) is no time at all; expected more")
            return nil
        }
        return time
    }

    /// How long a touch bans, and with it that there is no handler; nil for an ordinary service.
    mutating func sensor(of own: Section) -> Duration? {
        guard let entry = own["sensor"], let time = someTime(entry) else { return nil }
        for key in ["handler", "input_filters", "output_filters"] {
            guard let useless = own[key] else { continue }
            fault(
                useless.position,
                "\(quoted(key)) is never started, because 'sensor' at \(entry.position.fileAndLine) bans whoever connects; "
                    + "expected one of the two")
        }
        for key in ["start", "first_byte", "greet_delay", "dnsbl", "checks", "check_timeout", "check_cache"] {
            guard let useless = own[key] else { continue }
            fault(
                useless.position,
                "\(quoted(key)) does nothing, because 'sensor' at \(entry.position.fileAndLine) bans whoever connects; "
                    + "expected one of the two")
        }
        return time
    }

    /// Notes what says something of addresses in a service that no address connects to.
    mutating func refuseWhatNeedsAddresses(of own: Section, listen: [ListenAddress]) {
        let isUnix = !listen.isEmpty && listen.allSatisfy { if case .unix = $0 { true } else { false } }
        for key in ["sensor", "proxy_protocol", "dnsbl"] {
            guard isUnix, let useless = own[key] else { continue }
            fault(
                useless.position,
                "\(quoted(key)) does nothing on a unix socket; expected an address in 'listen' as well")
        }
    }

    mutating func timeZone(_ entry: TOMLEntry) -> String? {
        guard let name = string(entry, expected: "a name like \"Europe/Berlin\"") else { return nil }
        let isName = name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f } && !name.hasPrefix("/") && !name.contains("..")
        guard isName, !name.isEmpty, host.pathProblem("/usr/share/zoneinfo/" + name) == nil else {
            fault(
                entry.value.position,
                "'time_zone' is \(quoted(name)), which is not in /usr/share/zoneinfo; expected a name like \"Europe/Berlin\""
            )
            return nil
        }
        return name
    }

    /// What is said before the close; "": nothing.
    private mutating func readDenyMessage(of top: Section, into action: inout RefusalAction) {
        guard let entry = top["deny_message"],
            let text = string(entry, expected: "a text in quotes, like \"421 not now\\r\\n\""), !text.isEmpty
        else { return }
        guard text.utf8.count <= RefusalAction.longestMessage else {
            fault(
                entry.value.position,
                "'deny_message' has \(text.utf8.count) bytes; expected at most \(RefusalAction.longestMessage)")
            return
        }
        guard !RefusalAction.hasUnreadEscape(text) else {
            fault(
                entry.value.position,
                "'deny_message' has a backslash for an end of line, which only \"...\" reads; expected \"421 not now\\r\\n\""
            )
            return
        }
        if action != .close, let way = top["refuse"] {
            fault(
                ownPlace(entry.position, way.position),
                "'deny_message' at \(entry.position.fileAndLine) is never sent, because of 'refuse' at "
                    + "\(way.position.fileAndLine); expected one of the two")
            return
        }
        action = .message(text)
    }

    mutating func hours(_ entry: TOMLEntry) -> Hours? {
        guard let texts = strings(entry, expected: Self.hoursForms) else { return nil }
        guard !texts.isEmpty else {
            fault(
                entry.value.position,
                "'hours' is empty, and the service would never be open; expected \(Self.hoursForms)")
            return nil
        }
        var hours = Hours()
        for (text, node) in texts {
            do throws(HoursError) {
                hours.formUnion(try Hours(text))
            } catch {
                fault(node.position(ofByte: error.offset), "'hours' has \(quoted(text)): \(error)")
            }
        }
        return hours
    }

    private mutating func load(_ entry: TOMLEntry) -> Int? {
        let number: Double
        switch entry.value.content {
        case .integer(let value): number = Double(value)
        case .float(let value): number = value
        default:
            wrongType(entry, expected: "a number like 2.5")
            return nil
        }
        guard (0.01...10_000).contains(number) else {
            fault(entry.value.position, "'max_load' is \(number); expected 0.01 to 10000")
            return nil
        }
        return Int((number * 100).rounded())
    }

    private mutating func penalties(of top: Section) -> Penalties {
        var penalties = Penalties()
        guard let section = section("penalties", of: top, known: KnownKeys.penalties) else { return penalties }
        let points = 0...Penalties.mostPoints
        read("exit", of: section, into: &penalties.exit) { $0.exitPoints($1) }
        read("failure", of: section, into: &penalties.failure) { $0.integer($1, in: points) }
        read("signal", of: section, into: &penalties.signal) { $0.integer($1, in: points) }
        read("no_data", of: section, into: &penalties.noData) { $0.integer($1, in: points) }
        read("lifetime", of: section, into: &penalties.lifetime) { $0.integer($1, in: points) }
        read("limit", of: section, into: &penalties.limit) { $0.integer($1, in: points) }
        read("threshold", of: section, into: &penalties.threshold) { $0.integer($1, in: 1...Penalties.mostPoints) }
        readNanoseconds("half_life", of: section, into: &penalties.halfLife)
        readNanoseconds("ban", of: section, into: &penalties.ban)
        readNanoseconds("longest_ban", of: section, into: &penalties.longest)
        if penalties.areNone {
            fault(
                top["penalties"]?.position ?? SourcePosition(file: file, line: 1, column: 1),
                "[penalties] gives points for nothing; expected at least one of exit, failure, signal, no_data, lifetime, limit"
            )
        }
        if penalties.longest < penalties.ban, let entry = section["longest_ban"] ?? section["ban"] {
            fault(entry.value.position, "'longest_ban' is shorter than 'ban'")
        }
        return penalties
    }

    /// A duration of a second or more, as nanoseconds.
    private mutating func readNanoseconds(_ key: String, of section: Section, into target: inout Int64) {
        read(key, of: section, into: &target) { reading, entry in
            guard let time = reading.duration(entry) else { return nil }
            guard time >= .seconds(1) else {
                reading.fault(entry.value.position, "\(quoted(entry.key)) is too short; expected \"1s\" or more")
                return nil
            }
            return time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
        }
    }

    mutating func exitPoints(_ entry: TOMLEntry) -> [UInt8: Int]? {
        guard case .table(let entries) = entry.value.content else {
            wrongType(entry, expected: Self.exitForms)
            return nil
        }
        var result: [UInt8: Int] = [:]
        for entry in entries {
            guard let status = UInt8(entry.key), "\(status)" == entry.key, status > 0 else {
                fault(entry.position, "\(quoted(entry.key)) is no exit status of a failure; expected 1 to 255")
                continue
            }
            result[status] = integer(entry, in: 0...Penalties.mostPoints)
        }
        return result
    }
}
