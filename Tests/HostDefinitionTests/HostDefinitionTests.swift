import Addresses
import HostDefinition
import ServiceModel
import Testing

private func definition(
    _ name: String, _ listen: String, line: Int = 1, activation: ServiceDefinition.Activation = .enabled
) throws -> ServiceDefinition {
    let address = try #require(ListenAddress(listen))
    let file = "\(name).toml"
    let service = Service(
        name: name, file: file, listen: [address], handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]),
        identity: Identity(user: .dynamic))
    let position = SourcePosition(file: file, line: line, column: 1)
    return ServiceDefinition(
        service: service, activation: activation, listeners: [.init(address: address, position: position)])
}

/// The result of settling: the address of each service, the line of its `listen`, and the number of faults.
private func settle(
    _ read: [ServiceDefinition], broken: Set<String> = [], keeping running: [ServiceDefinition] = []
) -> (listen: [String: String], faults: Int) {
    func byName(_ all: [ServiceDefinition]) -> [String: ServiceDefinition] {
        Dictionary(uniqueKeysWithValues: all.map { ($0.service.name, $0) })
    }
    var definitions = HostDefinition(settings: HostSettings())
    definitions.services = byName(read)
    definitions.broken = broken
    definitions.settle(keeping: byName(running))
    let listen = definitions.services.mapValues { "\($0.listeners[0].address) line \($0.listeners[0].position.line)" }
    return (listen, definitions.faults.count)
}

struct HostDefinitionTests {
    @Test("a broken file keeps the running definition; without one the service has none")
    func broken() throws {
        let running = [try definition("a", "127.0.0.1:1")]
        #expect(settle([], broken: ["a", "b"], keeping: running).listen == ["a": "127.0.0.1:1 line 1"])
        #expect(settle([], broken: ["a", "b"]).listen == [:])
    }

    @Test("at the start, the first service by name gets an address that two want")
    func start() throws {
        let settled = settle([
            try definition("b", "127.0.0.1:1"), try definition("a", "127.0.0.1:1"), try definition("c", "127.0.0.1:2"),
        ])
        #expect(settled.listen == ["a": "127.0.0.1:1 line 1", "c": "127.0.0.1:2 line 1"])
        #expect(settled.faults == 1)
    }

    @Test("a running service keeps its address, whatever the name of the new service", arguments: ["a", "z"])
    func newService(name: String) throws {
        let owner = try definition("m", "127.0.0.1:1")
        let settled = settle([owner, try definition(name, "0.0.0.0:1")], keeping: [owner])
        #expect(settled.listen == ["m": "127.0.0.1:1 line 1"])
        #expect(settled.faults == 1)
    }

    @Test("a running service keeps its address although its own file is broken", arguments: ["a", "z"])
    func newServiceAndBroken(name: String) throws {
        let owner = try definition("m", "127.0.0.1:1")
        let settled = settle([try definition(name, "127.0.0.1:1")], broken: ["m"], keeping: [owner])
        #expect(settled.listen == ["m": "127.0.0.1:1 line 1"])
    }

    @Test("a running service with a changed definition keeps its address", arguments: ["a", "z"])
    func edited(name: String) throws {
        let settled = settle(
            [try definition("m", "127.0.0.1:1", line: 2), try definition(name, "127.0.0.1:1")],
            keeping: [try definition("m", "127.0.0.1:1")])
        #expect(settled.listen == ["m": "127.0.0.1:1 line 2"])
        #expect(settled.faults == 1)
    }

    @Test("an address that its owner gives up is free for another service, in the same reading")
    func handedOver() throws {
        let settled = settle(
            [try definition("m", "127.0.0.1:2"), try definition("a", "127.0.0.1:1")],
            keeping: [try definition("m", "127.0.0.1:1")])
        #expect(settled.listen == ["a": "127.0.0.1:1 line 1", "m": "127.0.0.1:2 line 1"])
        #expect(settled.faults == 0)
    }

    @Test("a service that falls back to its old address takes it from a service that wants it")
    func fallBack() throws {
        let running = [try definition("m", "127.0.0.1:1"), try definition("n", "127.0.0.1:2")]
        // m wants n's address and does not get it; a wants the address that m keeps.
        let settled = settle(
            [try definition("m", "127.0.0.1:2"), running[1], try definition("a", "127.0.0.1:1")], keeping: running)
        #expect(settled.listen == ["m": "127.0.0.1:1 line 1", "n": "127.0.0.1:2 line 1"])
        #expect(settled.faults == 2)
    }

    @Test("two running services that swap their addresses both get the new ones")
    func swapped() throws {
        let settled = settle(
            [try definition("a", "127.0.0.1:2"), try definition("b", "127.0.0.1:1")],
            keeping: [try definition("a", "127.0.0.1:1"), try definition("b", "127.0.0.1:2")])
        #expect(settled.listen == ["a": "127.0.0.1:2 line 1", "b": "127.0.0.1:1 line 1"])
        #expect(settled.faults == 0)
    }

    @Test("a disabled service takes no address")
    func disabled() throws {
        let settled = settle([
            try definition("a", "127.0.0.1:1", activation: .disabled), try definition("b", "127.0.0.1:1"),
        ])
        #expect(settled.listen.count == 2)
        #expect(settled.faults == 0)
    }
}
