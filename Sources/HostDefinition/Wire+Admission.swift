// What decides who may come in, on its way to the supervisor.
package import ServiceModel
package import Tables
package import Wire

extension Rate: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(count)
        writer.write(period)
        writer.write(burst)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let count = try reader.number()
        let period = try reader.number()
        guard let rate = Rate(count: count, period: period, burst: try reader.number()) else { throw WireError() }
        self = rate
    }
}

/// A status and its points.
private struct ExitPoints: WireValue {
    var status: UInt8
    var points: Int

    init(status: UInt8, points: Int) {
        self.status = status
        self.points = points
    }

    package func write(to writer: inout WireWriter) {
        writer.write(Int(status))
        writer.write(points)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        guard let status = UInt8(exactly: try reader.number()) else { throw WireError() }
        self.init(status: status, points: try reader.value())
    }
}

extension Penalties: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(exit.sorted { $0.key < $1.key }.map { ExitPoints(status: $0.key, points: $0.value) })
        for number in [failure, signal, noData, lifetime, limit, threshold] { writer.write(number) }
        for time in [halfLife, ban, longest] { writer.write(time) }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        for entry in try reader.list(ExitPoints.self) {
            guard exit.updateValue(entry.points, forKey: entry.status) == nil else { throw WireError() }
        }
        failure = try reader.value()
        signal = try reader.value()
        noData = try reader.value()
        lifetime = try reader.value()
        limit = try reader.value()
        threshold = try reader.value()
        halfLife = try reader.number()
        ban = try reader.number()
        longest = try reader.number()
    }
}

extension Hours: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(ranges.flatMap { [$0.lowerBound, $0.upperBound] })
    }

    package init(from reader: inout WireReader) throws(WireError) {
        let edges = try reader.list(Int.self)
        guard edges.count.isMultiple(of: 2) else { throw WireError() }
        self.init()
        for index in stride(from: 0, to: edges.count, by: 2) {
            guard (0..<WeekMinute.count).contains(edges[index]), edges[index] < edges[index + 1],
                edges[index + 1] <= WeekMinute.count
            else { throw WireError() }
            insert(WeekMinute(.monday, minute: edges[index]), minutes: edges[index + 1] - edges[index])
        }
    }
}

/// As a rule spells it.
extension RefusalAction: WireValue {
    package func write(to writer: inout WireWriter) { writer.write(configText) }

    package init(from reader: inout WireReader) throws(WireError) {
        let text = Array(try reader.text().utf8)
        do throws(RuleTextError) {
            try self.init(ofRule: text[...])
        } catch {
            throw WireError()
        }
    }
}

extension Checks: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(programs)
        writer.write(timeout)
        writer.write(cache)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        programs = try reader.list()
        guard programs.count <= Checks.most else { throw WireError() }
        timeout = try reader.value()
        cache = try reader.value()
    }
}

extension AdmissionSettings: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(sensor)
        writer.write(penalties)
        writer.write(refusal)
        writer.write(hours)
        writer.write(timeZone)
        writer.write(mostLoad)
        writer.write(start == .data)
        writer.write(firstByte)
        writer.write(greetDelay)
        writer.write(upstreams)
        writer.write(dnsbl)
        writer.write(checks)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init()
        sensor = try reader.optional()
        penalties = try reader.value()
        refusal = try reader.value()
        hours = try reader.optional()
        timeZone = try reader.optional()
        mostLoad = try reader.optional()
        start = try reader.fact() ? .data : .connect
        firstByte = try reader.value()
        greetDelay = try reader.optional()
        upstreams = try reader.list()
        dnsbl = try reader.list()
        guard dnsbl.count <= DNSBLRule.most else { throw WireError() }
        checks = try reader.value()
    }
}
