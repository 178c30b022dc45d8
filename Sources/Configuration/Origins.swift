// Where each setting of a service was said, in its own file or in `[defaults]`.

import ServiceModel

extension Section {
    /// The place of each key; of one in a table under the table's name too: `limits.memory`.
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
