// A log as a text that is the same whenever the same happens: what varies has placeholders, and lines of different
// writers stand apart, because they race. Within one writer's lines the order is the log's.
// What depends on the machine or the user is left out: the lines of `sandbox`, `unprotected` and `newcomers`, and the
// fields of `start`.
import Foundation
import Glibc

/// The lines of a log, by their writers.
struct LogRecord {
    /// What a scenario knows about texts that differ from run to run.
    struct Placeholders {
        /// By an address with a port.
        var addresses: [String: String] = [:]
        var directory = ""
    }

    private let sections: [(title: String, lines: [String])]
    private let placeholders: Placeholders

    /// What gates write. Source: doorward-log(5), "Events of gates".
    private static let gateEvents: Set = [
        "accept", "refuse", "refuse_suppressed", "check_failed", "end", "spawn_failed", "pause", "stderr",
        "stderr_suppressed", "orphans", "out_of_reach", "closed", "gate_fault",
    ]
    private static let machineEvents: Set = ["sandbox", "unprotected", "newcomers"]

    init(_ lines: [LogLine], _ placeholders: Placeholders) {
        self.placeholders = placeholders
        var bySection: [String: [String]] = [:]
        for line in lines where !Self.machineEvents.contains(line.event) {
            let text = line.event == "start" ? "event=start" : line.description.drop { $0 != " " }.dropFirst()
            bySection[Self.section(of: line), default: []].append(String(text))
        }
        sections = bySection.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
    }

    /// Titles that sort the supervisor first, then the resolver, then each service.
    private static func section(of line: LogLine) -> String {
        if let service = line["service"] {
            return gateEvents.contains(line.event) ? "gates of \(service)" : "the supervisor about \(service)"
        }
        return line.event.hasPrefix("resolver") || line.event.hasPrefix("dnsbl") ? "the resolver" : "the supervisor"
    }

    /// Each section with its title.
    var text: String {
        var pids: [Substring: String] = [:]
        return sections.map { title, lines in
            "== log: \(title)\n" + lines.map { stable($0, &pids) + "\n" }.joined()
        }.joined()
    }

    /// A line with placeholders. The first pid of the record is PID1, wherever it stands.
    private func stable(_ line: String, _ pids: inout [Substring: String]) -> String {
        func name(_ pid: Substring) -> String {
            if pid == "0" { return "0" }
            let known = pids[pid] ?? "PID\(pids.count + 1)"
            pids[pid] = known
            return known
        }
        return placeholders.applied(to: line)
            .replacing(/(took|duration|ends_in)=[0-9.]+/) { "\($0.output.1)=TIME" }
            .replacing(/uid=[0-9]+/, with: "uid=UID")
            .replacing(/(connection|pid)=([0-9]+)/) { "\($0.output.1)=\(name($0.output.2))" }
    }
}

extension LogRecord.Placeholders {
    /// A text in which known addresses and the directory have their placeholders.
    func applied(to text: String) -> String {
        text.replacing(directory, with: "DIRECTORY").replacing(/[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+:[0-9]+/) { match in
            addresses[String(match.output)] ?? String(match.output)
        }
    }
}
