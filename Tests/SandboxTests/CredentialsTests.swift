import ServiceModel
import Testing

@testable import Sandbox

private func credentials(_ identity: Identity, dynamicNumber: UInt32 = 80001) -> Credentials? {
    var service = Service(
        name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/bin/true", arguments: ["true"]),
        identity: identity)
    service.umask = 0o027
    service.nice = 5
    service.directory = "/tmp"
    return Credentials(of: service, dynamicNumber: dynamicNumber)
}

struct CredentialsTests {
    @Test(
        "a service's identity becomes numbers, and a missing group never becomes group 0",
        arguments: [
            (Identity(user: .dynamic), UInt32(80001), UInt32(80001)), (Identity(user: .dynamic, gid: 8), 80001, 8),
            (Identity(user: .account(name: "www-data", uid: 33), gid: 33), 33, 33),
            (Identity(user: .account(name: "77", uid: 77)), 77, 77), (Identity(user: .root, gid: 0), 0, 0),
            (Identity(user: .root, gid: 8), 0, 8),
        ])
    func numbers(identity: Identity, uid: UInt32, gid: UInt32) throws {
        let found = try #require(credentials(identity))
        #expect(found.uid == uid)
        #expect(found.gid == gid)
        #expect(found.groups == [])
        #expect(found.capabilities == .none)
        #expect(found.umask == 0o027)
        #expect(found.nice == 5)
        #expect(found.directory == "/tmp")
    }

    @Test("supplementary groups are sorted, as the kernel returns them")
    func groups() {
        #expect(credentials(Identity(user: .dynamic, groups: [9, 3, 7]))?.groups == [3, 7, 9])
    }

    @Test("a capability text that libcap cannot read gives no credentials at all")
    func capabilities() {
        #expect(credentials(Identity(user: .dynamic, capabilities: "^cap_bogus")) == nil)
        #expect(
            credentials(Identity(user: .dynamic, capabilities: "^cap_chown"))?.capabilities
                == CapabilitySets(ambient: 1, inheritable: 1))
    }
}
