// The output of `doorward status`: a line for each service for people, everything for programs.
package import Control
internal import HostDefinition
internal import Messages
internal import Sandbox

extension StatusReport {
    /// For people.
    package var text: String {
        var lines = ["doorward, pid \(pid), \(shown(uptime))" + (isStopping ? ", about to end" : "")]
        if !skipped.isEmpty { lines.append("not root, skipped: \(skipped.map(\.rawValue).joined(separator: ","))") }
        for limitation in limitations { lines.append("not protected: \(limitation.sentence)") }
        if let controlGroups { lines.append("not protected: \(controlGroups.sentence)") }
        if let blockListFile { lines.append("block list: \(blockListEntries) entries, \(blockListFile)") }
        if bans > 0 { lines.append("bans: \(bans)") }
        lines.append("kernel filter: \(kernelFilter.text)")
        if let text = resolver.text { lines.append("DNS block lists: \(text)") }
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
        // The faults of files stand in lines of their own.
        let problems = services.compactMap { service in service.failure.map { "\n\(service.name): \($0)" } }
        let draining = services.flatMap { service in
            service.draining.map {
                "\n\(service.name): gate \($0.pid) drains, up for \(shown($0.uptime)), active: \($0.active)"
            }
        }
        let below = faults.map { "\nnot in force: \($0)" } + problems + draining
        return lines.joined(separator: "\n") + "\n" + aligned(rows) + (below.isEmpty ? "" : "\n") + below.joined()
    }

    /// For programs.
    package var json: JSON {
        let words = limitations.map(\.rawValue) + (controlGroups?.words ?? [])
        return .document([
            "pid": .integer(pid), "uptime": .seconds(uptime), "stopping": .boolean(isStopping),
            "skipped": .strings(skipped.map(\.rawValue)), "unprotected": .strings(words),
            "block_list": ["file": JSON(blockListFile), "entries": .integer(blockListEntries)],
            "bans": .integer(bans), "kernel_filter": kernelFilter.json, "dnsbl": resolver.json,
            "faults": .list(faults.map(\.json)), "services": .list(services.map(\.json)),
        ])
    }
}

extension ServiceStatus {
    fileprivate var json: JSON {
        let counts = GateCounter.allCases.reduce(JSON.Object()) { $0 + [$1.name: .integer(self.counts[$1])] }
        let known = problem ?? ServiceProblem(message: "")
        return .object(
            [
                "name": .string(name), "file": .string(file), "state": .string(state.rawValue),
                "problem": .string(known.message),
            ] + known.json + [
                "faults": .list(faults.map(\.json)), "retry_in": JSON(retryIn), "listen": .strings(listen),
                "gate": .integer(gate),
                "uptime": .seconds(uptime), "limit": .integer(limit), "counts": .object(counts),
                "draining": .list(
                    draining.map { gate in
                        [
                            "gate": .integer(gate.pid), "active": .integer(gate.active),
                            "uptime": .seconds(gate.uptime),
                        ]
                    }),
            ])
    }
}

extension ControlGroupLimitation {
    fileprivate var sentence: String {
        let reason =
            switch self {
            case .noGroups: "there are no control groups"
            case .missing(let missing): "\(missing)"
            }
        return "limits.total_memory and the number of a service's processes: \(reason)"
    }

    fileprivate var words: [String] {
        switch self {
        case .noGroups: ["control_groups"]
        case .missing(let missing): missing.controllers.map { "\($0)_controller" }
        }
    }
}

extension ResolverStatus {
    /// For people: the process that asks the lists, or the reason why none does; nil when no service has a list.
    fileprivate var text: String? {
        switch self {
        case .unused: nil
        case .running(let pid): "asked by pid \(pid)"
        case .failed(let failure, _): "not asked: \(failure)"
        }
    }

    fileprivate var json: JSON {
        switch self {
        case .unused: Self.json("unused")
        case .running(let pid): Self.json("running", pid: pid)
        case .failed(let failure, let wait): Self.json("failed", failure, retryIn: wait)
        }
    }

    private static func json(
        _ state: String, pid: Int? = nil, _ failure: WorkerFailure? = nil, retryIn wait: Duration? = nil
    ) -> JSON {
        [
            "state": .string(state), "pid": JSON(pid), "reason": JSON(failure?.cause.rawValue),
            "message": JSON(failure?.description), "retry_in": JSON(wait),
        ]
    }
}
