import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Sandbox

// Each test enters its sandbox in a forked child, which has one thread as a gate has, of an exit test.

/// A service with default settings and a handler that exits with 42.
private func service(in directory: TemporaryDirectory, _ name: String = "it") throws -> Service {
    TemporaryDirectory.change(mode: 0o755, of: directory.path)
    let path = try directory.write(name, bytes: Programs.exiting(42), mode: 0o755)
    return Service(
        name: "it", file: "it.toml", listen: [], handler: HandlerCommand(path: path, arguments: [path]),
        identity: Identity(user: .dynamic))
}

/// A plan with the privilege of this process.
private func plan(_ service: Service, emptyNetwork: Int32? = nil) throws -> SandboxPlan {
    SandboxPlan(
        service: service, credentials: try credentials(), privilege: .current,
        emptyNetwork: emptyNetwork)
}

/// The reason why a plan cannot be entered, in a forked child; nil when it can.
private func problem(_ plan: SandboxPlan) throws -> String? {
    let ends = try streamEnds()
    let status = try ChildProcesses.forked {
        do throws(SandboxError) {
            _ = try Sandbox.enter(plan)
            return 0
        } catch {
            try ends.far.writeAll(Array(error.description.utf8).span)
            return 1
        }
    }
    let said = text(try readAll(ends.takeNear()))
    return status == 0 ? nil : said
}

/// An empty network that lives as long as this process; nil without root.
private func emptyNetwork() throws -> Int32? { Accounts.isRoot ? try keep(EmptyNetwork()) : nil }

private func keep(_ network: consuming EmptyNetwork) throws -> Int32 {
    try Descriptor.duplicate(of: network.descriptor.number).release()
}

struct SandboxTests {
    @Test("a service with default settings is fully restricted, and its handler can be executed")
    func enterDefault() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let service = try service(in: directory)
            let beside = try directory.write("beside", "text", mode: 0o666)
            let plan = try plan(service, emptyNetwork: try emptyNetwork())
            let status = try ChildProcesses.forked {
                let child = try Sandbox.enter(plan)
                guard let domain = child.domain, child.scopesSignals == (Landlock.abi.version >= 6) else { return 1 }
                guard isCloseOnExec(domain), child.handlerDirectory == nil else { return 2 }
                // The handler's directory: files there may be read and not written.
                guard FileAct.read.problem(at: beside, in: directory.path) == nil else { return 3 }
                guard FileAct.write.problem(at: beside, in: directory.path) == .access else { return 4 }
                guard FileAct.list.problem(in: directory.path) == .access else { return 5 }
                guard FileAct.read.problem(at: "/etc/passwd", in: "/etc") == .access else { return 6 }
                guard FileAct.write.problem(at: "/dev/null", in: "/dev") == nil else { return 7 }
                guard FileAct.create.problem(in: "/tmp") == .access else { return 8 }
                if ProcessActs.signalProblem(ProcessActs.parent) != .notPermitted { return 9 }
                return RootActs.run(service.handler.path)
            }
            #expect(status == 42)
        }
    }

    @Test("with landlock off, the children have no ruleset, and only file modes restrict")
    func landlockOff() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            var service = try service(in: directory)
            service.sandbox.landlock = .off
            let plan = try plan(service, emptyNetwork: try emptyNetwork())
            let status = try ChildProcesses.forked {
                let child = try Sandbox.enter(plan)
                guard child == ChildConfinement() else { return 1 }
                return FileAct.read.problem(at: "/etc/passwd", in: "/etc") == nil ? 0 : 2
            }
            #expect(status == 0)
        }
    }

    @Test("a service without network is not entered without an empty network", .enabled(if: Accounts.isRoot))
    func noEmptyNetwork() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            var service = try service(in: directory)
            let problems = try [SocketFamily?](arrayLiteral: nil, .unix, .inet, .inet6, .netlink).map { family in
                service.sandbox.network = family.map { [$0] } ?? []
                return try problem(try plan(service))
            }
            let refusal = "network reads back as none was made, expected an empty namespace"
            #expect(problems == [refusal, refusal, nil, nil, nil])
        }
    }

    @Test("without root, a setting that needs root is refused, and not left out", .enabled(if: !Accounts.isRoot))
    func needsRoot() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            var service = try service(in: directory)
            service.sandbox.privateTemporary = .mebibytes(1)
            let temporary = try problem(try plan(service))
            #expect(temporary == "'private_tmp' needs root")
            service.sandbox.root = directory.path
            service.handler.path = "/it"
            service.handler.arguments = ["/it"]
            let root = try problem(try plan(service))
            #expect(root == "'root' needs root")
        }
    }

    @Test(
        "a step that fails stops all the others",
        arguments: ["root", "file", "handler", "interpreter", "directory", "group"])
    func stops(what: String) async {
        await #expect(processExitsWith: .success) { [what] in
            let directory = try TemporaryDirectory()
            var service = try service(in: directory)
            var plan = try plan(service, emptyNetwork: try emptyNetwork())
            let missing = "ENOENT (No such file or directory)"
            let expected: String
            switch what {
            case "root":
                service.sandbox.root = "/no/such"
                expected = "root '/no/such': \(missing)"
            case "file":
                service.sandbox.files.read = ["/no/such"]
                expected = "files.read '/no/such': \(missing)"
            case "handler":
                service.handler.path = "/no/such"
                expected = "handler '/no/such': \(missing)"
            case "interpreter":
                service.handler.path = try directory.write("script", "#!/no/such\n", mode: 0o755)
                expected = "handler '\(service.handler.path)' needs '/no/such': \(missing)"
            case "directory":
                plan.credentials.directory = "/no/such"
                expected = "change directory [directory]: \(missing)"
            default:
                plan.group = "/no/such"
                let text = String(decoding: try Files.read("/proc/self/cgroup", most: 65536), as: UTF8.self)
                expected =
                    "control group reads back as \(ControlGroups.ownPath(in: text) ?? "none"), expected /no/such"
            }
            plan.service = service
            let found = try problem(plan)
            #expect(found == expected)
        }
    }

    @Test("the handler is inside a root of its own, and the rest of the machine is not", .enabled(if: Accounts.isRoot))
    func ownRoot() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let root = try directory.makeDirectory("root/tmp")
            let outside = try directory.write("outside", "text")
            var service = try service(in: directory, "root/it")
            service.handler = HandlerCommand(path: "/it", arguments: ["/it"])
            service.sandbox.root = String(root.dropLast("/tmp".count))
            service.sandbox.privateTemporary = .mebibytes(1)
            let plan = try plan(service, emptyNetwork: try emptyNetwork())
            let status = try ChildProcesses.forked {
                let child = try Sandbox.enter(plan)
                guard child.domain != nil, child.handlerDirectory == nil else { return 1 }
                guard Files.lookupProblem(outside) == .noEntry, Files.lookupProblem("/etc") == .noEntry else {
                    return 2
                }
                guard FileAct.list.problem(in: "/") == .access else { return 3 }
                guard FileAct.create.problem(in: "/tmp") == nil, FileAct.list.problem(in: "/tmp") == nil else {
                    return 4
                }
                return RootActs.run("/it")
            }
            #expect(status == 42)
            #expect(!Files.exists("\(root)/create"))
        }
    }

    @Test("a root that may be listed does not fail the test that / is closed", .enabled(if: Accounts.isRoot))
    func listedRoot() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("root")
            var service = try service(in: directory, "root/it")
            service.handler = HandlerCommand(path: "/it", arguments: ["/it"])
            service.sandbox.root = "\(directory.path)/root"
            service.sandbox.files.read = ["/"]
            let plan = try plan(service, emptyNetwork: try emptyNetwork())
            let status = try ChildProcesses.forked {
                _ = try Sandbox.enter(plan)
                return try Files.names(in: "/") == ["it"] ? RootActs.run("/it") : 1
            }
            #expect(status == 42)
        }
    }

    @Test("a bare handler of a service with a root is executed by a descriptor", .enabled(if: Accounts.isRoot))
    func bareHandler() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let root = try directory.makeDirectory("root")
            try directory.makeDirectory("handlers")
            var service = try service(in: directory, "handlers/it")
            service.handler.arguments = ["it"]
            service.sandbox.root = root
            let plan = try plan(service, emptyNetwork: try emptyNetwork())
            let status = try ChildProcesses.forked {
                guard let handlers = try Sandbox.enter(plan).handlerDirectory else { return 1 }
                guard isCloseOnExec(handlers), Files.lookupProblem(service.handler.path) == .noEntry else { return 2 }
                return RootActs.run("it", in: handlers)
            }
            #expect(status == 42)
        }
    }
}
