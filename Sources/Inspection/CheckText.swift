// The output of `doorward check`: a line for each fault, each service and each protection that it turns off.
internal import Addresses
package import ConfigurationLoader
internal import HostDefinition
internal import Sandbox
internal import ServiceModel

extension CheckReport {
    /// The output of the command.
    package var outcome: CommandOutcome {
        CommandOutcome(isDone: faults.isEmpty, lines: faults.map(\.description) + notes, json: json)
    }

    /// For people, besides the faults: a line for the block list, one for each service without faults and after it one
    /// for each protection that the service turns off, one for each limitation, and one for the steps that `run` would
    /// skip.
    var notes: [String] {
        var notes: [String] = []
        if let blockList, let entries = blockList.entries {
            notes.append("\(blockList.file): ok: block list of \(entries) entries")
        }
        for checked in services {
            let service = checked.definition.service
            let listen = service.listen.map(\.description).joined(separator: " ")
            notes.append("\(service.file): \(checked.state): \(service.name) on \(listen)")
            notes += checked.relaxations.map(\.description)
        }
        for limitation in limitations { notes.append("this kernel does not hold back: \(limitation.sentence)") }
        if !skipped.isEmpty {
            notes.append("not root: run would skip \(skipped.map(\.rawValue).joined(separator: ","))")
        }
        return notes
    }

    private var json: JSON {
        .document([
            "faults": .list(faults.map(\.json)),
            "block_list": [
                "file": JSON(blockList?.file), "entries": blockList.map { JSON($0.entries) } ?? .integer(0),
            ],
            "services": .list(services.map(\.json)), "relaxations": .list(services.flatMap(\.relaxationsJSON)),
            "unprotected": .strings(limitations.map(\.rawValue)), "skipped": .strings(skipped.map(\.rawValue)),
        ])
    }
}

extension CheckReport.CheckedService {
    fileprivate var state: String { definition.activation == .enabled ? "ok" : "disabled" }

    fileprivate var json: JSON {
        let service = definition.service
        return [
            "name": .string(service.name), "file": .string(service.file), "state": .string(state),
            "listen": .strings(service.listen.map(\.description)),
        ]
    }

    fileprivate var relaxationsJSON: [JSON] {
        relaxations.map { relaxation in
            [
                "service": .string(definition.service.name), "file": .string(relaxation.file),
                "line": JSON(relaxation.position?.line), "column": JSON(relaxation.position?.column),
                "key": .string(relaxation.key), "value": relaxation.value.json,
            ]
        }
    }
}

extension SandboxRelaxation.Value {
    fileprivate var json: JSON {
        switch self {
        case .yes: .boolean(true)
        case .word(let text): .string(text)
        case .words(let texts): .strings(texts)
        }
    }
}
