import HostDefinition
import ServiceModel
import Testing

@testable import ConfigurationLoader

struct SandboxRelaxationsTests {
    private func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
        var service = Service(
            name: "s", file: "s.toml", listen: [], handler: HandlerCommand(path: "/h", arguments: ["h"]),
            identity: Identity(user: .dynamic))
        change(&service)
        return service
    }

    private func notes(at key: String, _ change: (inout Service) -> Void) -> [String] {
        var definition = ServiceDefinition(service: service(change), activation: .enabled, listeners: [])
        definition.origins = [
            key: SourcePosition(file: "d.toml", line: 7, column: 3),
            "nice": SourcePosition(file: "s.toml", line: 1, column: 1),
        ]
        return sandboxRelaxations(of: definition).map(\.description)
    }

    @Test("a service that turns off no protection has no note")
    func none() {
        #expect(notes(at: "user") { _ in } == [])
        let tight = notes(at: "seccomp") {
            $0.identity.user = .account(name: "mail", uid: 8)
            $0.identity.capabilities = "!cap_chown"
            $0.sandbox.seccomp = .kill
            $0.sandbox.systemCalls = [SystemCallChange(.refuse, "socket")]
            $0.sandbox.files.read = ["/etc"]
            $0.sandbox.files.execute = ["/bin"]
            $0.sandbox.privateTemporary = SandboxSettings.standardTemporary
            $0.sandbox.root = "/r"
        }
        #expect(tight == [])
    }

    @Test(
        "the note about sockets says which kinds handlers may open",
        arguments: [
            (SocketFamily.allCases, "true: handlers share this machine's network"),
            ([.inet6, .inet], "[\"inet\", \"inet6\"]: handlers share this machine's network"),
            ([.netlink], "[\"netlink\"]: handlers share this machine's network"),
            ([.unix], "[\"unix\"]: handlers may connect to unix sockets that their user may"),
        ])
    func network(families: [SocketFamily], expected: String) {
        #expect(
            notes(at: "network") { $0.sandbox.network = Set(families) } == ["d.toml:7: note: network = \(expected)"])
    }

    @Test("each other protection has its note")
    func others() {
        #expect(
            notes(at: "seccomp") { $0.sandbox.seccomp = .off } == [
                "d.toml:7: note: seccomp = \"off\": handlers may make every system call"
            ])
        #expect(
            notes(at: "system_calls") {
                $0.sandbox.systemCalls = [
                    SystemCallChange(.allow, "bpf"), SystemCallChange(.refuse, "socket"),
                    SystemCallChange(.allow, "ptrace"),
                ]
            } == [
                "d.toml:7: note: system_calls = [\"+bpf\", \"+ptrace\"]: handlers may make system calls that are not "
                    + "in the standard set"
            ])
        #expect(
            notes(at: "landlock") { $0.sandbox.landlock = .off } == [
                "d.toml:7: note: landlock = \"off\": handlers reach every file that their user may"
            ])
        #expect(
            notes(at: "files.write") { $0.sandbox.files.write = ["/var/\"x\"", "/a\n"] } == [
                "d.toml:7: note: files.write = [\"/var/\\\"x\\\"\", \"/a\\u000a\"]: handlers may change what is there, "
                    + "as far as their user may"
            ])
        #expect(
            notes(at: "user") { $0.identity.user = .root } == ["d.toml:7: note: user = \"root\": handlers run as uid 0"]
        )
        #expect(
            notes(at: "capabilities") { $0.identity.capabilities = "^cap_net_raw,!cap_chown,%cap_kill" } == [
                "d.toml:7: note: capabilities = \"^cap_net_raw,!cap_chown,%cap_kill\": handlers have or can be given "
                    + "cap_net_raw, cap_kill"
            ])
    }

    @Test("several relaxations have a note each; one without a place names the service's file")
    func all() {
        let found = notes(at: "network") {
            $0.identity = Identity(user: .root, capabilities: "^cap_chown")
            $0.sandbox.network = [.inet]
            $0.sandbox.seccomp = .off
            $0.sandbox.landlock = .off
        }
        #expect(
            found.map { String($0.prefix { $0 != "=" }) } == [
                "s.toml: note: user ", "s.toml: note: capabilities ", "d.toml:7: note: network ",
                "s.toml: note: seccomp ",
                "s.toml: note: landlock ",
            ])
    }
}
