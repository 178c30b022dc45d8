import Testing

@testable import Sandbox

private let bind = UInt64(1) << 10
private let raw = UInt64(1) << 13

struct CapabilityTextTests {
    @Test(
        "libcap's text gives what handlers have and what they inherit",
        arguments: [
            ("", UInt64(0), UInt64(0)), ("^cap_net_bind_service", bind, bind), ("%cap_net_bind_service", 0, bind),
            ("cap_net_bind_service", 0, bind), ("^cap_net_bind_service,%cap_net_raw", bind, bind | raw),
            ("^cap_net_bind_service,^cap_net_raw", bind | raw, bind | raw), ("!cap_net_raw", 0, 0),
            ("^CAP_NET_BIND_SERVICE", bind, bind), ("^cap_chown", 1, 1),
        ])
    func sets(text: String, ambient: UInt64, inheritable: UInt64) throws {
        let sets = try #require(CapabilitySets(text: text))
        #expect(sets.ambient == ambient)
        #expect(sets.inheritable == inheritable)
        #expect(sets.bounding == inheritable)
        #expect(CapabilitySets.problem(with: text) == nil)
    }

    @Test(
        "the problem of an unknown capability contains its name",
        arguments: [
            ("^cap_everything", "cap_everything"), ("cap_net_bind_service,^cap_bogus", "cap_bogus"),
            ("net_bind_service", "net_bind_service"), ("root", "root"), ("^cap_net_bind", "cap_net_bind"),
        ])
    func unknown(text: String, name: String) {
        #expect(CapabilitySets(text: text) == nil)
        #expect(
            CapabilitySets.problem(with: text)
                == "'\(name)' is not a capability; expected names like cap_net_bind_service (capabilities(7))")
    }

    @Test(
        "a text that is no set of capabilities has a problem, and is never read as an empty set",
        arguments: [
            " ", "^", "%", "!", "=", "all", "=ep", "cap_net_bind_service=ep", "cap_net_bind_service+ep", "^^", "*",
            "^cap_net_bind_service;cap_chown", "cap_net_bind_service cap_chown", "\n",
            ",", "^cap_chown,", ",^cap_chown", "^cap_chown,,^cap_kill", "^cap_chown,^",
        ])
    func malformed(text: String) {
        #expect(CapabilitySets(text: text) == nil)
        #expect(CapabilitySets.problem(with: text) != nil)
    }

    @Test("handlers also inherit the capabilities that they have")
    func ambientIsInheritable() {
        let sets = CapabilitySets(ambient: bind, inheritable: raw)
        #expect(sets.inheritable == bind | raw)
        #expect(sets.bounding == bind | raw)
        #expect(CapabilitySets.none.bounding == 0)
    }
}
