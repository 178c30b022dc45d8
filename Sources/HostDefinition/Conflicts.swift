// Finds services that want the same address. Pure: the kernel's own answer comes when the supervisor binds.

package import Addresses
internal import ServiceModel

extension ListenAddress {
    /// Whether only one of the two can be bound. An unspecified address takes its whole family; port 0 takes nothing.
    package func conflicts(with other: ListenAddress) -> Bool {
        switch (self, other) {
        case (.unix(let first), .unix(let second)): return Array(first.utf8) == Array(second.utf8)
        case (.ip(let first, let firstPort), .ip(let second, let secondPort)):
            guard firstPort == secondPort, firstPort != 0, first.bitWidth == second.bitWidth else { return false }
            return first == second || first.isUnspecified || second.isUnspecified
        case (.unix, .ip), (.ip, .unix): return false
        }
    }
}

/// A fault for each address that an earlier service of the list already takes. A disabled service takes none.
package func listenConflicts(among definitions: [ServiceDefinition]) -> [Fault] {
    var taken: [(listener: ServiceDefinition.Listener, service: String)] = []
    var faults: [Fault] = []
    for definition in definitions where definition.activation == .enabled {
        for listener in definition.listeners {
            if let other = taken.first(where: { $0.listener.address.conflicts(with: listener.address) }) {
                var fault = Fault(
                    position: listener.position, key: "listen",
                    message:
                        "'listen': \(listener.address) is already taken by \(other.listener.address) of service "
                        + "'\(other.service)' at \(other.listener.position.fileAndLine)")
                fault.service = definition.service.name
                faults.append(fault)
            }
        }
        taken += definition.listeners.map { ($0, definition.service.name) }
    }
    return faults
}
