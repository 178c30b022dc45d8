import Addresses
import ServiceModel
import Testing

@testable import Spawner

private let path = "PATH=\(SpawnPlan.standardPath)"
private let position = SourcePosition(file: "f", line: 1, column: 1)

private func allow(_ environment: [(String, String)] = [], handler: HandlerCommand? = nil) -> AccessRule {
    AccessRule(
        verdict: .allow, subject: .all,
        environment: environment.map { EnvironmentVariable(name: $0.0, value: $0.1) }, handler: handler,
        position: position)
}

struct ConnectionVariablesTests {
    @Test("a handler on TCP has exactly these variables, in this order")
    func tcp() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/usr/bin/env"))
            let found = lines(try run(&plan))
            #expect(
                found == [
                    "DOORWARD_CONNECTION=42.7", "PROTO=TCP", "TCPREMOTEIP=192.0.2.7", "TCPREMOTEPORT=4242",
                    "TCPLOCALIP=127.0.0.1", "TCPLOCALPORT=25", "TCPCONNNUM=3", "REMOTE_ADDR=192.0.2.7",
                    "REMOTE_PORT=4242", path, "DOORWARD_SERVICE=probe",
                ])
        }
    }

    @Test("a handler on a unix socket has the IPC variables and none of TCP")
    func unix() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/usr/bin/env"))
            let found = lines(try run(&plan, facts: unixFacts))
            #expect(
                found == [
                    "DOORWARD_CONNECTION=42.8", "PROTO=IPC", "IPCREMOTEEUID=1000", "IPCREMOTEEGID=100",
                    "IPCLOCALPATH=/run/probe.sock", "IPCCONNNUM=1", path, "DOORWARD_SERVICE=probe",
                ])
        }
    }

    @Test("at the limit of the service there is one more variable, in front, and for the next connection it is gone")
    func pressure() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/usr/bin/env"))
            let plain = lines(try run(&plan))
            var facts = tcpFacts
            facts.isPressed = true
            #expect(lines(try run(&plan, facts: facts)) == ["DOORWARD_PRESSURE=1"] + plain)
            #expect(lines(try run(&plan)) == plain)
        }
    }

    @Test("the longest values fit, and leave nothing behind for the next connection")
    func longest() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/usr/bin/env"))
            let address = IPAddress.v6(0xffff_eeee_dddd_cccc_bbbb_aaaa_9999_8888)
            let facts = ConnectionFacts(
                peer: .ip(address, port: 65535), local: .ip(address, port: 65535), sourceCount: 16384,
                id: ConnectionID(pid: .max, number: .max))
            let text = "ffff:eeee:dddd:cccc:bbbb:aaaa:9999:8888"
            let long = lines(try run(&plan, facts: facts))
            #expect(
                long.prefix(9) == [
                    "DOORWARD_CONNECTION=2147483647.18446744073709551615", "PROTO=TCP", "TCPREMOTEIP=\(text)",
                    "TCPREMOTEPORT=65535", "TCPLOCALIP=\(text)", "TCPLOCALPORT=65535", "TCPCONNNUM=16384",
                    "REMOTE_ADDR=\(text)", "REMOTE_PORT=65535",
                ])
            var short = facts
            short.peer = .ip(.v6(0), port: 1)
            short.local = .ip(.v6(1), port: 1)
            short.sourceCount = 1
            short.id = ConnectionID(pid: 2, number: 1)
            let found = lines(try run(&plan, facts: short))
            #expect(
                found.prefix(9) == [
                    "DOORWARD_CONNECTION=2.1", "PROTO=TCP", "TCPREMOTEIP=::", "TCPREMOTEPORT=1", "TCPLOCALIP=::1",
                    "TCPLOCALPORT=1", "TCPCONNNUM=1", "REMOTE_ADDR=::", "REMOTE_PORT=1",
                ])
            let longPath = "/" + String(repeating: "p", count: ListenAddress.longestUnixPath - 1)
            var local = unixFacts
            local.peer = .unix(uid: .max, gid: .max, pid: 1)
            local.local = .unix(path: longPath)
            let unix = lines(try run(&plan, facts: local))
            #expect(
                unix[1...].prefix(4) == [
                    "PROTO=IPC", "IPCREMOTEEUID=4294967295", "IPCREMOTEEGID=4294967295", "IPCLOCALPATH=\(longPath)",
                ])
        }
    }

    @Test("the service's variables come last, and the rule's replace them, PATH among them")
    func rule() async {
        await #expect(processExitsWith: .success) {
            var service = service("/usr/bin/env")
            service.environment = [
                EnvironmentVariable(name: "A", value: "service"), EnvironmentVariable(name: "B", value: ""),
                EnvironmentVariable(name: "PATH", value: "/bin"),
            ]
            service.access = [
                allow(), allow([("A", "rule"), ("C", "a b=c\"\n")]),
                allow([("DOORWARD_SERVICE", "other"), ("PATH", "/x")]),
                allow([("A", "rule"), ("C", "a b=c\"\n")]),
            ]
            var plan = try makePlan(service)
            func fixed(_ rule: Int?) throws -> [String] { Array(lines(try run(&plan, rule: rule)).dropFirst(9)) }
            let none = try fixed(nil)
            #expect(none == ["DOORWARD_SERVICE=probe", "A=service", "B=", "PATH=/bin"])
            let first = try fixed(0)
            #expect(first == none)
            let second = try fixed(1)
            #expect(second == ["DOORWARD_SERVICE=probe", "B=", "PATH=/bin", "A=rule", "C=a b=c\""])
            let third = try fixed(2)
            #expect(third == ["A=service", "B=", "DOORWARD_SERVICE=other", "PATH=/x"])
            // The same change as the second rule's: the plan does not keep it twice.
            let fourth = try fixed(3)
            #expect(fourth == second)
        }
    }

    @Test("a rule's own handler serves in place of the service's, with the rule's variables")
    func handler() async {
        await #expect(processExitsWith: .success) {
            var service = service("/bin/echo", ["the service's"])
            let other = HandlerCommand(path: "/bin/sh", arguments: ["sh", "-c", "echo \"$0 $1 $X\"", "zero", "one"])
            service.access = [allow(), allow([("X", "rule")], handler: other), allow([("X", "rule")])]
            var plan = try makePlan(service)
            let found = [
                try run(&plan), try run(&plan, rule: 0), try run(&plan, rule: 1), try run(&plan, rule: 2),
            ]
            #expect(found == ["the service's\n", "the service's\n", "zero one rule\n", "the service's\n"])
        }
    }
}
