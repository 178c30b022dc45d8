import Addresses
import HostDefinition
import ServiceModel
import Testing

private func definition() throws -> ServiceDefinition {
    let address = try #require(ListenAddress("127.0.0.1:25"))
    let service = Service(
        name: "a", file: "a.toml", listen: [address], handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]),
        identity: Identity(user: .dynamic))
    let position = SourcePosition(file: "a.toml", line: 1, column: 1)
    return ServiceDefinition(
        service: service, activation: .enabled, listeners: [.init(address: address, position: position)])
}

struct ServiceDefinitionTests {
    @Test("a gate can go on with the same definition, and with one that has its settings on other lines")
    func same() throws {
        let one = try definition()
        var other = one
        #expect(one.serves(as: other))
        other.origins["limits.memory"] = SourcePosition(file: "a.toml", line: 7, column: 3)
        #expect(one.serves(as: other))
        #expect(other.serves(as: one))
        #expect(one != other)
    }

    @Test("a gate cannot go on with another service, another address or another activation")
    func different() throws {
        let one = try definition()
        let changes: [(inout ServiceDefinition) -> Void] = [
            { $0.activation = .disabled },
            { $0.service.nice = 1 },
            { $0.service.handler.arguments.append("-") },
            { $0.service.sandbox.network = [.inet] },
            { $0.service.sandbox.files.read = ["/srv"] },
            { $0.service.limits.connections += 1 },
            { $0.listeners[0].address = .unix(path: "/run/a") },
            { $0.listeners.append($0.listeners[0]) },
            { $0.listeners = [] },
        ]
        for (index, change) in changes.enumerated() {
            var other = one
            change(&other)
            #expect(!one.serves(as: other), "\(index)")
            #expect(!other.serves(as: one), "\(index)")
        }
    }
}
