// The attributes of xinetd with one value: limits, rates, times.

extension XinetdService {
    /// Sets a key from the one word of an attribute, or reports what was expected.
    mutating func set(
        _ key: ServiceKey, _ attribute: XinetdAttribute, _ expected: String, _ read: (String) -> ServiceValue?
    ) {
        guard attribute.values.count == 1, let value = read(attribute.values[0]) else {
            report.notCarriedOver(attribute.place, attribute.text, "expected \(expected)")
            return
        }
        service[key] = value
    }

    /// Sets `nice`, `umask`, `max_load` and the resource limits.
    mutating func setNumbers() {
        if let nice = settings["nice"] {
            set(.nice, nice, "an integer from -20 to 19") { text in
                Int(text).flatMap { (-20...19).contains($0) ? .number($0) : nil }
            }
        }
        if let umask = settings["umask"] {
            set(.umask, umask, "an octal number up to 777") { text in
                UInt32(text, radix: 8).flatMap { $0 <= 0o777 ? .text(String($0, radix: 8)) : nil }
            }
        }
        if let load = settings["max_load"] { set(.maxLoad, load, "a number like 2.5, from 0.01 to 9999", readLoad) }
        if let memory = settings["rlimit_as"] { set(.memory, memory, "bytes, K, M or UNLIMITED", readBytes) }
        if let files = settings["rlimit_files"] {
            set(.files, files, "an integer from 3 to 1048576") { text in
                readNumber(text).flatMap { (3...1 << 20).contains($0) ? .number($0) : nil }
            }
        }
        if let cpu = settings["rlimit_cpu"] {
            set(.cpu, cpu, "seconds, or UNLIMITED") { text in
                if text == "UNLIMITED" { return .text("unlimited") }
                return readNumber(text).flatMap { (1...1_000_000_000).contains($0) ? .text("\($0)s") : nil }
            }
        }
    }

    /// Sets the limits from `instances`, `per_source` and `cps`.
    mutating func setLimits() {
        if let instances = settings["instances"], let count = count(of: instances) {
            report.setConnections(count, of: &service, directive: instances.text, at: instances.place)
            if count > 0 {
                report.note(
                    instances.place, instances.text, "further connections wait in the listen queue; xinetd refuses them"
                )
            }
        }
        if let source = settings["per_source"], let count = count(of: source) {
            report.setPerSource(count, of: &service)
        }
        guard let cps = settings["cps"] else { return }
        let numbers = cps.values.compactMap(readNumber)
        guard (1...2).contains(numbers.count), numbers.count == cps.values.count else {
            report.notCarriedOver(
                cps.place, cps.text, "expected a number of connections in a second, and of seconds to wait")
            return
        }
        service[.totalRate] = report.rate(numbers[0], per: "s", directive: cps.text, at: cps.place)
        report.note(
            cps.place, cps.text, "above this rate xinetd closes the service for some seconds; here it stays open")
    }

    /// A number above 0, or 0 for UNLIMITED; nil with a remark.
    private mutating func count(of attribute: XinetdAttribute) -> Int? {
        if attribute.values == ["UNLIMITED"] { return 0 }
        if attribute.values.count == 1, let count = readNumber(attribute.values[0]), count > 0 { return count }
        report.notCarriedOver(attribute.place, attribute.text, "expected a number above 0, or UNLIMITED")
        return nil
    }

    /// Sets `hours` from `access_times`. In xinetd both ends belong to the interval, here they do not.
    mutating func setHours() {
        guard let times = settings["access_times"] else { return }
        var hours: [String] = []
        for interval in times.values {
            let ends = interval.split(separator: "-", omittingEmptySubsequences: false).map(readMinute)
            guard ends.count == 2, let from = ends[0], let to = ends[1], from < 1440, from <= to else {
                report.notCarriedOver(
                    times.place, "access_times \(interval)", "expected one like 8:00-17:59, within a day")
                continue
            }
            hours.append("\(clock(from))-\(clock(min(to + 1, 1440)))")
        }
        if hours.isEmpty {
            service[.enabled] = .boolean(false)
            report.note(times.place, times.text, "no time is left; the service is switched off")
        } else {
            service[.hours] = .list(hours)
        }
    }

    /// Sets `sensor` from the flag SENSOR and `deny_time`.
    mutating func setSensor() {
        let time = settings["deny_time"]
        guard isSensor else {
            if let time { report.notCarriedOver(time.place, time.text, "it says something with the flag SENSOR only") }
            return
        }
        guard let time else {
            service[.sensor] = .text("1h")
            report.note(place, "flags SENSOR", "no deny_time: who touches it is banned for an hour")
            return
        }
        switch time.values.first ?? "" {
        case "FOREVER":
            service[.sensor] = .text("36500d")
            report.note(time.place, time.text, "bans outlive a restart here")
        case "NEVER":
            // Clients are refused and logged, and nothing else.
            service[.access] = .list(["deny all"])
        case let text:
            if let minutes = readNumber(text), (1...52_560_000).contains(minutes) {
                service[.sensor] = .text("\(minutes)min")
            } else {
                service[.sensor] = .text("1h")
                report.note(time.place, time.text, "expected minutes, FOREVER or NEVER; an hour is taken")
            }
        }
    }
}

/// Digits, perhaps with a point and more digits, in TOML's form for a number that is not an integer.
private func readLoad(_ text: String) -> ServiceValue? {
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    guard parts.count <= 2, text.utf8.count <= 9, text != ".",
        parts.allSatisfy({ $0.isEmpty || readNumber($0) != nil }), let whole = Int(parts[0].isEmpty ? "0" : parts[0])
    else { return nil }
    let fraction = parts.count > 1 && !parts[1].isEmpty ? parts[1] : "0"
    // The bounds of max_load: at least 0.01, below 10000.
    let isTooLittle = whole == 0 && fraction.hasPrefix("00") || whole == 0 && fraction == "0"
    return isTooLittle || whole > 9999 ? nil : .decimal("\(whole).\(fraction)")
}

/// Bytes, perhaps with the unit K or M.
private func readBytes(_ text: String) -> ServiceValue? {
    if text == "UNLIMITED" { return .text("unlimited") }
    let unit = text.last.map { $0 == "K" || $0 == "M" } == true ? String(text.suffix(1)) : ""
    guard let number = readNumber(text.dropLast(unit.count)), number > 0, number <= 1 << 40 else { return nil }
    return .text("\(number)\(unit)")
}

/// Minutes since midnight of `8:00`, up to 24:00.
private func readMinute(_ text: Substring) -> Int? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map { readNumber($0) }
    guard parts.count == 2, let hour = parts[0], let minute = parts[1], hour <= 24, minute < 60,
        hour * 60 + minute <= 1440
    else { return nil }
    return hour * 60 + minute
}

private func clock(_ minute: Int) -> String {
    func digits(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(digits(minute / 60)):\(digits(minute % 60))"
}
