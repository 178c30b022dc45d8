import ServiceModel
import TestSupport
import Testing

@testable import Spawner

struct EnvironmentArrayTests {
    /// The rules that match, and the variables that the handler then has.
    struct Case: Sendable, Codable {
        let matches: UInt32
        let expected: [String]

        init(_ matches: UInt32, _ expected: [String]) {
            self.matches = matches
            self.expected = expected
        }
    }

    /// A service with lists that set variables, some of which the service sets too.
    private static func listed() -> Service {
        var service = service("/usr/bin/env")
        service.environment = [EnvironmentVariable(name: "LISTED", value: "no")]
        service.admission.dnsbl = [
            DNSBLRule(zone: "a", effect: .mark, environment: [EnvironmentVariable(name: "LISTED", value: "a")]),
            DNSBLRule(
                zone: "b", effect: .mark,
                environment: [
                    EnvironmentVariable(name: "LISTED", value: "b"), EnvironmentVariable(name: "ALSO", value: "b"),
                ]),
            DNSBLRule(zone: "c", effect: .allow, environment: [EnvironmentVariable(name: "ALSO", value: "c")]),
        ]
        return service
    }

    @Test(
        "the first matching rule sets a variable, in place of the service's own; each variable is there once",
        arguments: [
            Case(0b000, ["LISTED=no"]), Case(0b001, ["LISTED=a"]), Case(0b010, ["ALSO=b", "LISTED=b"]),
            Case(0b011, ["ALSO=b", "LISTED=a"]), Case(0b100, ["ALSO=c", "LISTED=no"]),
            Case(0b111, ["ALSO=b", "LISTED=a"]),
        ])
    func variables(_ wanted: Case) async {
        await #expect(processExitsWith: .success) { [wanted] in
            var plan = try makePlan(EnvironmentArrayTests.listed())
            var facts = tcpFacts
            facts.lists = wanted.matches
            func found(_ facts: ConnectionFacts) throws -> [String] {
                lines(try run(&plan, facts: facts)).filter { $0.hasPrefix("LISTED") || $0.hasPrefix("ALSO") }.sorted()
            }
            #expect(try found(facts) == wanted.expected)
            // The next connection has nothing of it.
            #expect(try found(tcpFacts) == ["LISTED=no"])
        }
    }

    @Test(
        "a list's variable replaces an access rule's too; the connection's name and the pressure stay in front")
    func rule() async {
        await #expect(processExitsWith: .success) {
            var service = EnvironmentArrayTests.listed()
            service.access = [
                AccessRule(
                    verdict: .allow, subject: .all, environment: [EnvironmentVariable(name: "ALSO", value: "rule")],
                    position: SourcePosition(file: "f", line: 1, column: 1))
            ]
            var plan = try makePlan(service)
            var facts = tcpFacts
            facts.isPressed = true
            let plain = lines(try run(&plan, rule: 0, facts: facts))
            #expect(plain.prefix(3) == ["DOORWARD_PRESSURE=1", "DOORWARD_CONNECTION=42.7", "PROTO=TCP"])
            #expect(plain.filter { $0.hasPrefix("ALSO") } == ["ALSO=rule"])
            facts.lists = 0b100
            let listed = lines(try run(&plan, rule: 0, facts: facts))
            #expect(listed == plain.map { $0 == "ALSO=rule" ? "ALSO=c" : $0 })
        }
    }

    @Test("a check has the variables of its connection, but no connection name, no input and no output to a peer")
    func check() async {
        await #expect(processExitsWith: .success) {
            var service = EnvironmentArrayTests.listed()
            let script = "test -z \"$DOORWARD_CONNECTION\" && test $TCPREMOTEIP = 192.0.2.7 && ! read line && exit $1"
            service.admission.checks.programs = [
                HandlerCommand(path: "/bin/sh", arguments: ["sh", "-c", script, "sh", "3"]),
                HandlerCommand(path: "/bin/sh", arguments: ["sh", "-c", script, "sh", "4"]),
            ]
            var plan = try makePlan(service)
            var facts = tcpFacts
            facts.id = nil
            for (check, status) in [(0, Int32(3)), (1, 4)] {
                let pid = try plan.spawn(check: check, rule: nil, facts: facts)
                #expect(ChildProcesses.status(of: pid) == status)
            }
            // The next connection has its name again.
            #expect(lines(try run(&plan)).first == "DOORWARD_CONNECTION=42.7")
        }
    }
}
