// What `doorward status` prints: a line for each service for people, everything for programs as JSON (RFC 8259).
package import Control
internal import Messages

extension StatusReport {
    /// For people.
    package var text: String {
        var lines = ["doorward, pid \(pid), \(shown(uptime))" + (isStopping ? ", about to end" : "")]
        if !skipped.isEmpty { lines.append("not root, skipped: \(skipped)") }
        for sentence in unprotected { lines.append("not protected: \(sentence)") }
        if !blockListFile.isEmpty { lines.append("block list: \(blockListEntries) entries, \(blockListFile)") }
        if bans > 0 { lines.append("bans: \(bans)") }
        lines.append("kernel filter: \(kernelFilter)")
        if !resolver.isEmpty { lines.append("DNS block lists: \(resolver)") }
        lines.append("")
        var rows = [
            ["service", "state", "active", "limit", "waiting", "accepted", "failed", "refused", "gate", "up", "listen"]
        ]
        for service in services {
            let counts = service.counts
            rows.append([
                service.name, service.state.rawValue, "\(counts[.active])", "\(service.limit)", "\(counts[.waiting])",
                "\(counts[.accepted])",
                "\(counts[.failed] + counts[.unstarted])", "\(counts.refused)",
                service.gate == 0 ? "-" : "\(service.gate)",
                service.gate == 0 ? "-" : shown(service.uptime), service.listen.joined(separator: " "),
            ])
        }
        let problems = services.filter { !$0.problem.isEmpty }.map { "\n\($0.name): \($0.problem)" }
        let below = faults.map { "\nnot in force: \($0)" } + problems
        return lines.joined(separator: "\n") + "\n" + aligned(rows) + (below.isEmpty ? "" : "\n") + below.joined()
    }

    /// For programs.
    package var json: String {
        let list = services.map { service in
            let counts = GateCounter.allCases.map { "\"\($0.name)\":\(service.counts[$0])" }
            return "{\"name\":\(JSON.text(service.name)),\"file\":\(JSON.text(service.file)),"
                + "\"state\":\"\(service.state.rawValue)\",\"problem\":\(JSON.text(service.problem)),"
                + "\"listen\":\(JSON.row(service.listen)),"
                + "\"gate\":\(service.gate),\"uptime\":\(seconds(service.uptime)),\"limit\":\(service.limit),"
                + "\"counts\":{\(counts.joined(separator: ","))}}"
        }
        return """
            {"pid":\(pid),"uptime":\(seconds(uptime)),"stopping":\(isStopping),"skipped":\(JSON.text(skipped)),
             "unprotected":\(JSON.row(unprotected)),
             "block_list":{"file":\(JSON.text(blockListFile)),"entries":\(blockListEntries)},"bans":\(bans),
             "kernel_filter":\(JSON.text(kernelFilter)),"dnsbl":\(JSON.text(resolver)),
             "faults":\(JSON.row(faults)),
             "services":[\(list.isEmpty ? "" : "\n  " + list.joined(separator: ",\n  "))]}
            """
    }
}
