// The services that are wanted, their gates and their sockets.
internal import Addresses
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ServiceModel

/// The owner of the services: those of the definitions in force, and the gates of former ones.
struct ServiceTable {
    private(set) var byName: [String: WantedService] = [:]
    /// Gates that have stopped accepting.
    private(set) var draining: [GateProcess] = []
    var listeners = ListenerTable()
    /// The counts of ended gates, by service.
    private var pastCounts: [String: ServiceCounts] = [:]

    subscript(name: String) -> WantedService? { byName[name] }
    var all: [WantedService] { Array(byName.values) }
    var sorted: [WantedService] { byName.values.sorted { $0.name < $1.name } }
    var isEmpty: Bool { byName.isEmpty && draining.isEmpty }

    /// Whether each service serves or has failed.
    var isSettled: Bool { byName.values.allSatisfy(\.isSettled) }

    /// Monotonic: when to start a gate again, or to end one that does not close; nil for never.
    var deadline: Int64? { (byName.values.compactMap(\.restart.at) + draining.compactMap(\.closing?.deadline)).min() }

    /// What has to be done with the gates that should have closed their copies of the listeners.
    func closingSteps(at now: Int64) -> [(gate: GateProcess, step: GateClosing.Step)] {
        draining.compactMap { gate in
            guard let step = gate.closing?.tend(at: now), step != .wait else { return nil }
            return (gate, step)
        }
    }

    mutating func add(_ service: WantedService) { byName[service.name] = service }

    mutating func remove(_ service: WantedService) {
        byName[service.name] = nil
        pastCounts[service.name] = nil
    }

    mutating func removeAll() { byName = [:] }

    /// Notes a gate that is to stop accepting.
    mutating func drain(_ gate: GateProcess) {
        _ = gate.life.note(.dismissed)
        if !draining.contains(where: { $0 === gate }) { draining.append(gate) }
    }

    /// Notes that a gate has ended, and keeps its counts as long as its service exists.
    mutating func ended(_ gate: GateProcess) {
        draining.removeAll { $0 === gate }
        let name = gate.definition.service.name
        guard byName[name] != nil else {
            pastCounts[name] = nil
            return
        }
        var counts = gate.counts
        counts[.active] = 0
        counts[.waiting] = 0
        pastCounts[name, default: ServiceCounts()].add(counts)
    }

    /// The counts of a service's gates that serve no more.
    func formerCounts(of name: String) -> ServiceCounts {
        var counts = pastCounts[name] ?? ServiceCounts()
        for gate in draining where gate.definition.service.name == name { counts.add(gate.counts) }
        return counts
    }

    /// The upstreams of every service.
    var upstreams: [IPPrefix] { byName.values.flatMap(\.definition.service.admission.upstreams) }

    var wantedListeners: [OpenListener] {
        byName.values.flatMap { service in
            service.listeners + (service.serving?.listeners ?? []) + (service.starting?.listeners ?? [])
        }
    }

    mutating func closeUnwantedListeners() { listeners.close(allBut: wantedListeners) }
}
