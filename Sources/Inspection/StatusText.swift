// What `doorward status` prints: a line for each service for people, everything for programs as JSON (RFC 8259).
package import Control

extension StatusReport {
    /// For people.
    package var text: String {
        var lines = ["doorward, pid \(pid), \(shown(uptime))" + (isStopping ? ", about to end" : "")]
        if !skipped.isEmpty { lines.append("not root, skipped: \(skipped)") }
        for sentence in unprotected { lines.append("not protected: \(sentence)") }
        if !blockListFile.isEmpty { lines.append("block list: \(blockListEntries) entries, \(blockListFile)") }
        if bans > 0 { lines.append("bans: \(bans)") }
        lines.append("")
        var rows = [["service", "state", "active", "limit", "accepted", "failed", "refused", "gate", "up", "listen"]]
        for service in services {
            let counts = service.counts
            rows.append([
                service.name, service.state.rawValue, "\(counts.active)", "\(service.limit)", "\(counts.accepted)",
                "\(counts.failed + counts.unstarted)", "\(counts.refused)", service.gate == 0 ? "-" : "\(service.gate)",
                service.gate == 0 ? "-" : shown(service.uptime), service.listen.joined(separator: " "),
            ])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }
            lines.append(cells.joined(separator: "  "))
        }
        return lines.joined(separator: "\n")
    }

    /// For programs.
    package var json: String {
        let list = services.map { service in
            let counts = zip(ServiceCounts.names, service.counts.values).map { "\"\($0)\":\($1)" }
            return "{\"name\":\(JSON.text(service.name)),\"file\":\(JSON.text(service.file)),"
                + "\"state\":\"\(service.state.rawValue)\",\"listen\":\(JSON.row(service.listen)),"
                + "\"gate\":\(service.gate),\"uptime\":\(seconds(service.uptime)),\"limit\":\(service.limit),"
                + "\"counts\":{\(counts.joined(separator: ","))}}"
        }
        return """
            {"pid":\(pid),"uptime":\(seconds(uptime)),"stopping":\(isStopping),"skipped":\(JSON.text(skipped)),
             "unprotected":\(JSON.row(unprotected)),
             "block_list":{"file":\(JSON.text(blockListFile)),"entries":\(blockListEntries)},"bans":\(bans),
             "services":[\(list.isEmpty ? "" : "\n  " + list.joined(separator: ",\n  "))]}
            """
    }
}

/// Whole seconds, with the largest unit that is not 0: `3d 4h`, `12s`.
private func shown(_ duration: Duration) -> String {
    let total = max(duration.components.seconds, 0)
    let parts = [(total / 86400, "d"), (total / 3600 % 24, "h"), (total / 60 % 60, "min"), (total % 60, "s")]
    guard let first = parts.firstIndex(where: { $0.0 > 0 }) else { return "0s" }
    return parts[first...].prefix(2).filter { $0.0 > 0 }.map { "\($0.0)\($0.1)" }.joined(separator: " ")
}

/// With three decimals.
private func seconds(_ duration: Duration) -> String {
    let milliseconds =
        max(duration.components.seconds, 0) * 1000 + duration.components.attoseconds / 1_000_000_000_000_000
    let rest = String(milliseconds % 1000)
    return "\(milliseconds / 1000).\(String(repeating: "0", count: 3 - rest.count))\(rest)"
}
