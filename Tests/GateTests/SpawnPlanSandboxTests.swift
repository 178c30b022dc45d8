import Addresses
import LinuxSystem
import Sandbox
import ServiceModel
import Spawner
import TestSupport
import Testing

@testable import Gate

/// RLIMIT_NOFILE.
private let files: Int32 = 7

/// What a handler says that is started by the plan of a process which has entered the sandbox of a service. In a forked
/// child of an exit test, with one thread as a gate has.
private func output(of service: Service, _ check: () -> Int32) throws -> (String, status: Int32) {
    let ends = try streamEnds()
    let sandbox = try sandboxPlan(service)
    let status = try ChildProcesses.forked {
        var plan = try SpawnPlan(entering: sandbox, log: 2, null: try Startup.openNull().release())
        let facts = ConnectionFacts(
            peer: .ip(.v4(0xc000_0201), port: 1), local: .ip(.v4(0xc000_0202), port: 25), sourceCount: 1, id: nil)
        let pid = try plan.spawn(ends.far, rule: nil, facts: facts)
        guard ChildProcesses.status(of: pid) == 0 else { return 98 }
        return check()
    }
    return (text(try readAll(ends.takeNear())), status)
}

struct SpawnPlanSandboxTests {
    @Test("a plan is made inside the sandbox, and starts programs there, with the limits of the service")
    func entering() async {
        await #expect(processExitsWith: .success) {
            let service = shell("ulimit -n; cat /etc/passwd; true") { $0.limits.files = .at(64) }
            let found = try output(of: service) { FileAct.read.problem(at: "/etc/passwd", in: "/") == .access ? 0 : 1 }
            #expect(found == ("64\n", status: 0))
        }
    }

    @Test(
        "a gate may have what its handlers may, and twice what its connections need beside that",
        .enabled(if: Accounts.isRoot))
    func processes() async {
        await #expect(processExitsWith: .success) {
            let number: Int32 = 6
            var service = shell("ulimit -p; true") {
                $0.limits.processes = .at(40)
                $0.identity.user = .dynamic
            }
            service.limits.connections = 10
            let few = try output(of: service) { OwnLimits.get(number).hard == 40 + 2 * (10 + 1) ? 0 : 1 }
            #expect(few == ("40\n", status: 0))
            service.limits.connections = 50
            service.admission.checks.programs = [service.handler]
            let many = try output(of: service) { OwnLimits.get(number).hard == 40 + 2 * (50 + 16 + 1) ? 0 : 1 }
            #expect(many == ("40\n", status: 0))
            service.limits.processes = .unlimited
            let hard = OwnLimits.get(number).hard
            let any = try output(of: service) { OwnLimits.get(number).hard == hard ? 0 : 1 }
            #expect(any.status == 0)
        }
    }

    @Test("a process where connections may wait may open as many descriptors as it can get; another as many as before")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            OwnLimits.set(files, soft: 200)
            let hard = OwnLimits.get(files).hard
            var service = shell("true")
            let few = try output(of: service) { OwnLimits.get(files).soft == 200 ? 0 : 1 }
            service.limits.waiting = 5
            let many = try output(of: service) { OwnLimits.get(files).soft == hard ? 0 : 1 }
            #expect(few.status == 0 && many.status == 0)
        }
    }
}
