// Reads the table `environment`, and decides which names of variables a service may set.

import ServiceModel

/// The reason why a service may not set a variable of this name; nil when it may.
package func environmentNameProblem(_ name: String) -> String? {
    let isName =
        name.utf8.enumerated().allSatisfy { index, byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "_"): true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): index > 0
            default: false
            }
        } && !name.isEmpty
    if !isName { return "\(quoted(name)) is not a variable's name; expected letters, digits and _, no digit first" }
    if name.hasPrefix("LD_") {
        return "\(quoted(name)) is refused: it would make the dynamic linker load other code into the handler"
    }
    let isReserved =
        ["PROTO", "REMOTE_ADDR", "REMOTE_PORT"].contains(name)
        || ["TCP", "IPC", "DOORWARD_"].contains { name.hasPrefix($0) }
    return isReserved ? "\(quoted(name)) is refused: Doorward sets it for each connection" : nil
}

extension Reading {
    /// Reads the variables of the table `environment`.
    mutating func environment(_ entry: TOMLEntry) -> [EnvironmentVariable]? {
        guard case .table(let entries) = entry.value.content else {
            wrongType(entry, expected: "a table like { NAME = \"value\" }")
            return nil
        }
        var result: [EnvironmentVariable] = []
        for variable in entries {
            if let problem = environmentNameProblem(variable.key) {
                fault(variable.position, "'environment': \(problem)")
            } else if let value = string(variable, expected: "a string in quotes") {
                result.append(EnvironmentVariable(name: variable.key, value: value))
            }
        }
        return result
    }
}
