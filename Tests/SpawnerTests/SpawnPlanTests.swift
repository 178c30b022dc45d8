import Addresses
import CLinux
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Spawner

struct SpawnPlanTests {
    @Test("the child's stages are these, in this order")
    func stages() {
        #expect(SpawnPlan.stages == ["session", "streams", "limits", "verify", "domain", "signals", "execute"])
    }

    @Test("a stage that fails is named with its error, and leaves no process", arguments: SpawnPlan.stages)
    func everyStage(stage: String) async {
        await #expect(processExitsWith: .success) { [stage] in
            var plan = try makePlan(service("/bin/cat"))
            plan.injectFailure(stage: stage, Errno(75))
            let before = try openDescriptors()
            for _ in 0..<20 {
                let found = try failure(of: &plan)
                #expect(found == LaunchFailure(stage: stage, errno: Errno(75)))
                #expect(ChildProcesses.areGone)
            }
            let rehearsal = plan.rehearse()
            #expect(rehearsal == LaunchFailure(stage: stage, errno: Errno(75)))
            #expect(ChildProcesses.areGone)
            let after = try openDescriptors()
            #expect(before == after)
        }
    }

    @Test("a handler that cannot be executed is a failure of the last stage, not an exit status")
    func notExecutable() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let cases = [
                (directory.path + "/nothing", "ENOENT"), (try directory.write("plain", "x"), "EACCES"),
                (directory.path, "EACCES"), (try directory.write("text", "no program", mode: 0o755), "ENOEXEC"),
                (try directory.write("orphan", "#!/no/such/interpreter\n", mode: 0o755), "ENOENT"),
            ]
            let before = try openDescriptors()
            for (path, errno) in cases {
                var plan = SpawnPlan(service: service(path), limits: [], log: 2, null: 0)
                let found = try failure(of: &plan)
                #expect(found?.stage == "execute")
                #expect(found?.errno.name == errno)
                #expect(ChildProcesses.areGone)
            }
            let after = try openDescriptors()
            #expect(before == after)
        }
    }

    @Test("a rehearsal takes every step but the last, and leaves no process")
    func rehearse() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let mark = directory.path + "/mark"
            var plan = try makePlan(shell("echo x > \(mark); echo done"))
            let before = try openDescriptors()
            for _ in 0..<3 {
                let failure = plan.rehearse()
                #expect(failure == nil)
                #expect(ChildProcesses.areGone)
            }
            #expect(!Files.exists(mark))
            let after = try openDescriptors()
            #expect(before == after)
            // The plan works as before.
            let output = try run(&plan)
            #expect(output == "done\n")
            #expect(Files.exists(mark))
        }
    }

    @Test("the handler reads and writes the connection, and the caller keeps its copy")
    func connection() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(shell("read line; echo \"got $line\""))
            let before = try openDescriptors()
            for round in 0..<20 {
                let output = try run(&plan, input: "line \(round)\n")
                #expect(output == "got line \(round)\n")
            }
            #expect(ChildProcesses.areGone)
            let after = try openDescriptors()
            #expect(before == after)
        }
    }

    @Test("descriptor 2 is the one that the service names", arguments: Service.StandardError.allCases.map(\.rawValue))
    func standardError(mode: String) async {
        await #expect(processExitsWith: .success) { [mode] in
            let mode = try #require(Service.StandardError(rawValue: mode))
            var service = shell("echo out; echo error >&2")
            service.standardError = mode
            let log = try streamEnds()
            var plan = try makePlan(service, log: log.far.number)
            // The second child starts from the plan as the first one left it.
            for _ in 0..<2 {
                let output = try run(&plan)
                #expect(output == (mode == .socket ? "out\nerror\n" : "out\n"))
                _ = plan.rehearse()
            }
            let logged = text(try readAll(log.takeNear()))
            #expect(logged == (mode == .log ? "error\nerror\n" : ""))
        }
    }

    @Test(
        "a handler starts with exactly 0, 1 and 2, whatever else is open in this process",
        arguments: Service.StandardError.allCases.map(\.rawValue))
    func descriptors(mode: String) async {
        await #expect(processExitsWith: .success) { [mode] in
            var service = service("/bin/cat")
            service.standardError = try #require(Service.StandardError(rawValue: mode))
            // As a supervisor does at its start: no descriptor of the process that started the tests is passed on.
            try Startup.secureDescriptors()
            let others = try (0..<5).map { _ in try Startup.openNull().release() }
            var plan = try makePlan(service)
            let ends = try streamEnds()
            let pid = try plan.spawn(ends.far, rule: nil, facts: tcpFacts)
            // The handler has started when it answers.
            try ends.near.writeAll([1].span)
            let echoed = try readOnce(ends.near)
            #expect(echoed == [1])
            let open = try Files.names(in: "/proc/\(pid)/fd")
            #expect(open == ["0", "1", "2"])
            _ = others
            Processes.signal(pid, .kill)
        }
    }

    @Test("a handler has a session of its own, an empty signal mask, and every disposition default")
    func signals() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                // As in a gate: no signal is ignored, and every signal is blocked.
                try SignalQueue.resetDispositions()
                let queue = try SignalQueue([.child])
                var plan = try makePlan(service("/bin/cat", ["/proc/self/status"]))
                let fields = lines(try run(&plan)).map { $0.split { $0 == ":" || $0 == "\t" }.map(String.init) }
                for name in ["SigBlk", "SigIgn", "SigCgt", "SigPnd"] {
                    guard fields.contains([name, "0000000000000000"]) else { return 1 }
                }
                var second = try makePlan(service("/bin/cat", ["/proc/self/stat"]))
                // pid (comm) state ppid pgrp session tty
                let stat = try run(&second).split(separator: " ")
                guard stat[4] == stat[0], stat[5] == stat[0], stat[6] == "0" else { return 2 }
                _ = queue.number
                return 0
            }
            #expect(status == 0)
        }
    }

    @Test("limits are set in the handler, soft and hard, and not in this process")
    func limits() async {
        await #expect(processExitsWith: .success) {
            var limits = Limits()
            limits.files = .at(64)
            limits.processes = .unlimited
            limits.memory = .at(.mebibytes(256))
            limits.core = .at(Bytes(0))
            limits.cpu = .at(.seconds(5))
            limits.fileSize = .at(.mebibytes(1))
            let own = (0..<16).map { OwnLimits.get($0).soft }
            let script = "for l in n v c t f; do ulimit -S -$l; ulimit -H -$l; done"
            var plan = try makePlan(shell(script), limits: ResourceLimit.all(of: limits))
            let found = lines(try run(&plan))
            // dash counts -v in KiB and -f in blocks of 512 bytes.
            #expect(found == ["64", "64", "262144", "262144", "0", "0", "5", "5", "2048", "2048"])
            #expect((0..<16).map { OwnLimits.get($0).soft } == own)
        }
    }

    @Test("a limit that cannot be set is a failure, and no handler starts without it")
    func limitRefused() async {
        await #expect(processExitsWith: .success) {
            // The kernel refuses more descriptors than fs.nr_open to root too.
            let limit = ResourceLimit(resource: 7, value: 1 << 40, key: "files")
            var plan = try makePlan(service("/bin/cat"), limits: [limit])
            let rehearsal = plan.rehearse()
            #expect(rehearsal == LaunchFailure(stage: "limits", errno: .notPermitted))
            let unknown = ResourceLimit(resource: 99, value: 1, key: "nonsense")
            var second = try makePlan(service("/bin/cat"), limits: [unknown])
            let outcome = second.rehearse()
            #expect(outcome == LaunchFailure(stage: "limits", errno: .invalid))
            #expect(ChildProcesses.areGone)
        }
    }

    @Test(
        "when no process can be made, no handler starts, and it is a lack of resources", .enabled(if: !Accounts.isRoot))
    func notCloned() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/bin/cat"))
            OwnLimits.set(6, soft: 0)
            let outcome = plan.rehearse()
            #expect(outcome == LaunchFailure(stage: "clone", errno: .again))
        }
    }

    @Test("failed children keep their launches until each failure is taken; then the launches are free again")
    func failuresWait() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/no/such/handler"))
            let ends = try streamEnds()
            var failed: [Int32] = []
            do {
                while failed.count < 100 {
                    let pid = try plan.spawn(ends.far, rule: nil, facts: tcpFacts)
                    _ = try Processes.waitForEnd(of: pid)
                    failed.append(pid)
                }
            } catch let error as SystemError {
                #expect(error == SystemError("launch", .again))
            }
            #expect(failed.count == 8)
            for pid in failed {
                let failure = plan.takeFailure(of: pid)
                #expect(failure == LaunchFailure(stage: "execute", errno: .noEntry))
                let again = plan.takeFailure(of: pid)
                #expect(again == nil)
            }
            let found = try failure(of: &plan)
            #expect(found?.errno == .noEntry)
        }
    }

    @Test("many children on their way at once each have their own connection and their own variables")
    func manyAtOnce() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(shell("read line; echo $TCPREMOTEPORT"))
            var nears: [Int32] = []
            for port in 1000..<1100 {
                let ends = try streamEnds()
                var facts = tcpFacts
                facts.peer = .ip(.v4(0x7f00_0001), port: UInt16(port))
                _ = try plan.spawn(ends.far, rule: nil, facts: facts)
                nears.append(ends.takeNear().release())
            }
            for (index, number) in nears.enumerated() {
                let near = Descriptor(owning: number)
                try near.writeAll([10].span)
                let answer = text(try readAll(near))
                #expect(answer == "\(1000 + index)\n")
            }
        }
    }

    @Test("two hundred handlers leave neither processes nor descriptors")
    func many() async {
        await #expect(processExitsWith: .success) {
            var plan = try makePlan(service("/bin/true"))
            let before = try openDescriptors()
            for _ in 0..<200 {
                let output = try run(&plan)
                guard output.isEmpty else {
                    Issue.record("\(output)")
                    return
                }
            }
            #expect(ChildProcesses.areGone)
            let after = try openDescriptors()
            #expect(before == after)
        }
    }

    @Test("each child enters a domain of its own and cannot signal its gate from it", .enabled(if: canScopeSignals))
    func domain() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                _ = try retrying("set no_new_privs") { clinux_set_no_new_privileges() }
                let confinement = ChildConfinement(domain: try ruleset(scoping: true), scopesSignals: true)
                var plan = try makePlan(shell("kill -0 $PPID 2>/dev/null && echo reached"), confinement: confinement)
                guard plan.rehearse() == nil else { return 1 }
                // The shell's own exit status says that kill failed.
                let ends = try streamEnds()
                let pid = try plan.spawn(ends.far, rule: nil, facts: tcpFacts)
                guard try readAll(ends.takeNear()).isEmpty, ChildProcesses.status(of: pid) == 1 else { return 2 }
                // Without a domain of its own, it could.
                var open = try makePlan(shell("kill -0 $PPID && echo reached"))
                return try run(&open) == "reached\n" ? 0 : 3
            }
            #expect(status == 0)
        }
    }

    @Test("a descriptor that is no ruleset, or one that may not be entered, is a failure of the domain stage")
    func domainFails() async {
        await #expect(processExitsWith: .success) {
            // EBADF, EBADFD: not open, and open but no ruleset.
            for (number, errno) in [(Int32(1000), Errno.badDescriptor), (try Startup.openNull().release(), Errno(77))] {
                let status = try ChildProcesses.forked {
                    _ = try retrying("set no_new_privs") { clinux_set_no_new_privileges() }
                    var plan = try makePlan(service("/bin/cat"), confinement: ChildConfinement(domain: number))
                    let expected = LaunchFailure(stage: "domain", errno: errno)
                    guard try failure(of: &plan) == expected, plan.rehearse() == expected else { return 1 }
                    return ChildProcesses.areGone ? 0 : 2
                }
                #expect(status == 0)
            }
        }
    }

    @Test(
        "the rehearsal finds a domain that does not keep signals inside although it should",
        .enabled(if: canScopeSignals))
    func domainTried() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                _ = try retrying("set no_new_privs") { clinux_set_no_new_privileges() }
                let number = try ruleset(scoping: false)
                let claimed = ChildConfinement(domain: number, scopesSignals: true)
                var plan = try makePlan(service("/bin/true"), confinement: claimed)
                // EPROTO
                guard plan.rehearse() == LaunchFailure(stage: "domain", errno: Errno(71)) else { return 1 }
                let unclaimed = ChildConfinement(domain: number, scopesSignals: false)
                var modest = try makePlan(service("/bin/true"), confinement: unclaimed)
                return modest.rehearse() == nil ? 0 : 2
            }
            #expect(status == 0)
        }
    }

    @Test("a bare handler starts from the handler directory, even when no path leads there; others by their paths")
    func handlerDirectory() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.write("it", bytes: Programs.exiting(42), mode: 0o755)
            let handlers = try retrying("open") { unsafe clinux_open_path(-1, directory.path) }
            let confinement = ChildConfinement(handlerDirectory: handlers)
            var it = service("/no/such/it")
            let spelled = HandlerCommand(path: "/bin/echo", arguments: ["/bin/echo", "spelled", "out"])
            it.access = [
                AccessRule(
                    verdict: .allow, subject: .all, environment: [], handler: spelled,
                    position: SourcePosition(file: "f", line: 1, column: 1))
            ]
            var plan = try makePlan(it, confinement: confinement)
            let ends = try streamEnds()
            let pid = try plan.spawn(ends.far, rule: nil, facts: tcpFacts)
            #expect(ChildProcesses.status(of: pid) == 42)
            let output = try run(&plan, rule: 0)
            #expect(output == "spelled out\n")
            let missing = service("/no/such/other")
            var second = try makePlan(missing, confinement: confinement)
            let found = try failure(of: &second)
            #expect(found == LaunchFailure(stage: "execute", errno: .noEntry))
        }
    }
}

/// Signals can be kept inside a Landlock domain since ABI 6.
private let canScopeSignals = clinux_landlock_abi() >= 6

/// A ruleset that keeps signals inside, or one that forbids only what no process here does: making block devices.
private func ruleset(scoping: Bool) throws(SystemError) -> Int32 {
    try retrying("ruleset") { clinux_landlock_ruleset(scoping ? 0 : 1 << 11, 0, scoping ? 2 : 0) }
}
