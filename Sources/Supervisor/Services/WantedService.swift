// The supervisor's view of a service.
internal import Control
internal import HostDefinition
internal import ServiceModel

/// A service of the definitions in force, and its gates.
final class WantedService {
    let name: String
    var definition: ServiceDefinition
    /// The sockets of its definition. They stay open as long as the service is wanted, also while it has no gate.
    var listeners: [OpenListener] = []
    /// The gate that accepts connections.
    var serving: GateProcess?
    /// The gate that enters its sandbox and has not reported yet.
    var starting: GateProcess?
    /// When to start a gate again.
    var restart = Restart()
    /// Why its definition is not in force; nil when it is, or when the gate has not reported yet.
    var problem: ServiceProblem?
    /// The faults because of which its file, as it was last read, is not in force.
    var faults: [Problem] = []

    init(_ definition: ServiceDefinition) {
        name = definition.service.name
        self.definition = definition
    }

    /// Whether its start is over: its gate serves, or it failed and waits for another try.
    var isSettled: Bool { starting == nil && (serving != nil || restart.at != nil) }
}
