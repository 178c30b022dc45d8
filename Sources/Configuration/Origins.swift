// Finds the place of each setting of a service, in its own file or in `[defaults]`.

import ServiceModel

extension Section {
    /// The place of each key; the name of a key in a table includes the table: `limits.memory`.
    var origins: [String: SourcePosition] {
        var origins: [String: SourcePosition] = [:]
        for entry in entries {
            guard case .table(let inner) = entry.value.content else {
                origins[entry.key] = entry.position
                continue
            }
            for setting in inner { origins["\(entry.key).\(setting.key)"] = setting.position }
        }
        return origins
    }
}
