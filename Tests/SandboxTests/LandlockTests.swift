import Addresses
import CLinux
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Sandbox

// Each test enters its domains in a forked child of an exit test, because a process cannot leave them.

private func settings(_ network: Set<SocketFamily> = []) -> SandboxSettings {
    var settings = SandboxSettings()
    settings.network = network
    return settings
}

private func grant(_ path: String, _ rights: FileRights) -> FileGrant {
    FileGrant(path: path, rights: rights, reason: .setting("test"))
}

/// Enters the gate's domain, without changing the user.
private func hold(_ settings: SandboxSettings, _ grants: [FileGrant] = []) throws {
    _ = try retrying("set no_new_privs") { clinux_set_no_new_privileges() }
    let ruleset = try Landlock.ruleset(for: settings, granting: grants, abi: Landlock.abi)
    try Landlock.enter(ruleset, granting: grants)
}

/// Enters a child's domain.
private func holdChild(_ settings: SandboxSettings) throws {
    let ruleset = try Landlock.childRuleset(for: settings, abi: Landlock.abi)
    let number = ruleset.number
    _ = try retrying("restrict") { clinux_landlock_restrict(number) }
}

/// The acts that succeed in a directory with these rights. EACCES is the only error that the others may have.
private func allowed(granting rights: FileRights) throws -> Set<FileAct> {
    let directory = try TemporaryDirectory()
    let path = try FileAct.prepare(in: directory, "tree")
    let other = try FileAct.prepare(in: directory, "other")
    let ends = try streamEnds()
    let status = try ChildProcesses.forked {
        try hold(settings(), rights == [] ? [] : [grant(path, rights)])
        for act in FileAct.allCases {
            if act.problem(in: other) != .access { return 1 }
            switch act.problem(in: path) {
            case nil: try ends.far.writeAll(Array("\(act.rawValue)\n".utf8).span)
            case .access: continue
            case let problem:
                print(act, problem as Any)
                return 2
            }
        }
        return 0
    }
    #expect(status == 0)
    let output = text(try readAll(ends.takeNear()))
    return Set(output.split(separator: "\n").compactMap { FileAct(rawValue: String($0)) })
}

private let changes: Set<FileAct> = [
    .truncate, .create, .makeDirectory, .removeFile, .removeDirectory, .rename, .link, .symbolicLink, .pipe,
]

/// Granted rights, and the acts that succeed with them. An exit test captures it as text.
struct Row: Codable, Sendable {
    let rights: UInt8
    let acts: [FileAct]

    init(_ rights: FileRights, _ acts: Set<FileAct>) {
        self.rights = rights.rawValue
        self.acts = Array(acts)
    }
}

private let onDirectories = [
    Row([], []), Row(.read, [.read]), Row(.list, [.list]), Row(.write, [.write]), Row(.change, changes),
    // The kernel reads the file that it executes.
    Row(.execute, []), Row([.read, .execute], [.read, .execute]),
    Row([.read, .list, .write, .change], changes.union([.read, .list, .write])),
    Row([.read, .list, .execute, .write, .change], Set(FileAct.allCases)),
]

private let onFiles = [
    Row(.read, [.read]), Row(.write, [.write]), Row(.execute, []), Row(.change, [.truncate]),
    Row([.read, .execute], [.read, .execute]),
    Row([.read, .list, .execute, .write, .change], [.read, .write, .execute, .truncate]),
]

/// Forks two siblings in the domain of a gate, with or without domains of their own. One of them answers `question`
/// about the other and the gate.
private func ask(
    separate: Bool, _ question: @escaping (_ sibling: Int32, _ gate: Int32) -> Int32,
    gate gateQuestion: @escaping (Int32) -> Int32 = { _ in 0 }
) throws -> Int32 {
    try ChildProcesses.forked {
        try hold(settings())
        let ends = try streamEnds()
        let sibling = try Processes.fork()
        if sibling == 0 {
            if separate { try holdChild(settings()) }
            try ends.far.writeAll([1].span)
            ProcessActs.sleepForever()
        }
        _ = try readOnce(ends.near)
        let gate = Processes.ownPID
        let answer = try ChildProcesses.forked {
            if separate { try holdChild(settings()) }
            return question(sibling, gate)
        }
        let own = gateQuestion(sibling)
        Processes.signal(sibling, .kill)
        _ = try Processes.waitForEnd(of: sibling)
        return answer != 0 ? answer : own
    }
}

private let hasLandlock = Landlock.abi.version >= LandlockABI.complete

@Suite(.enabled(if: hasLandlock))
struct LandlockTests {
    @Test(
        "in a directory the granted acts work and the others fail with EACCES, and beside it none works",
        arguments: onDirectories)
    func directories(row: Row) async {
        await #expect(processExitsWith: .success) { [row = row as Row] in
            let found = try allowed(granting: FileRights(rawValue: row.rights))
            #expect(found == Set(row.acts))
        }
    }

    @Test(
        "a file is granted alone: the granted acts work on it, and none on the file beside it", arguments: onFiles)
    func files(row: Row) async {
        await #expect(processExitsWith: .success) { [row = row as Row] in
            let directory = try TemporaryDirectory()
            let path = try directory.write("file", "no program\n", mode: 0o777)
            let beside = try directory.write("beside", "no program\n", mode: 0o777)
            let status = try ChildProcesses.forked {
                try hold(settings(), [grant(path, FileRights(rawValue: row.rights))])
                // The acts that leave the file in its place come first.
                for act in [FileAct.read, .write, .execute, .truncate, .list, .rename, .link, .removeFile] {
                    let expected: Errno? = row.acts.contains(act) ? nil : .access
                    guard act.problem(at: path, in: directory.path) == expected else { return 1 }
                    guard act.problem(at: beside, in: directory.path) == .access else { return 2 }
                }
                return 0
            }
            #expect(status == 0)
        }
    }

    @Test("a file can be renamed between granted directories, and not out of them")
    func refer() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = try FileAct.prepare(in: directory, "tree")
            let other = try directory.makeDirectory("other")
            let inner = try directory.makeDirectory("tree/inner")
            let status = try ChildProcesses.forked {
                try hold(settings(), [grant(path, [.read, .change])])
                // As in a handler, with a domain of its own: each of the two domains must let files be moved.
                try holdChild(settings())
                rename("\(path)/read", "\(inner)/read")
                rename("\(path)/write", "\(other)/write")
                return FileAct.read.problem(in: inner) == nil && FileAct.removeFile.problem(in: path) == nil ? 0 : 1
            }
            #expect(status == 0)
            #expect(!Files.exists("\(path)/read"))
            #expect(Files.exists("\(path)/write"))
            #expect(!Files.exists("\(other)/write"))
        }
    }

    @Test("a descriptor that was opened before keeps its rights")
    func openBefore() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = try directory.write("f", "text")
            let status = try ChildProcesses.forked {
                let file = try openForWriting(path)
                try hold(settings())
                try file.writeAll([1].span)
                return FileAct.read.problem(at: path, in: directory.path) == .access ? 0 : 1
            }
            #expect(status == 0)
        }
    }

    @Test("a ruleset that lets / be listed without a grant is found")
    func tried() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                _ = try retrying("set no_new_privs") { clinux_set_no_new_privileges() }
                let open = [grant("/", [.list])]
                let ruleset = try Landlock.ruleset(for: settings(), granting: open, abi: Landlock.abi)
                do throws(SandboxError) {
                    try Landlock.enter(ruleset, granting: [])
                    return 1
                } catch {
                    return error == .differs(what: "landlock", wanted: "/ closed (EACCES)", found: "open") ? 0 : 2
                }
            }
            #expect(status == 0)
            let said = try ChildProcesses.forked {
                try hold(settings(), [grant("/", [.list])])
                return 0
            }
            #expect(said == 0)
        }
    }

    @Test("a grant on a missing path is an error that names it")
    func missing() {
        #expect(throws: SandboxError.unusable(what: "open", path: "/no/such", SystemError("open", .noEntry))) {
            _ = try Landlock.ruleset(for: settings(), granting: [grant("/no/such", .read)], abi: Landlock.abi)
        }
    }

    @Test("without Landlock in the kernel, no ruleset is made and the gate does not serve")
    func noLandlock() {
        #expect(throws: SandboxError.self) {
            _ = try Landlock.ruleset(for: settings(), granting: [], abi: LandlockABI(version: 0))
        }
    }

    @Test("the rulesets of older kernels have only rights that they know", arguments: 1...7)
    func older(version: Int) throws {
        let abi = LandlockABI(version: version)
        _ = try Landlock.ruleset(for: settings(), granting: [grant("/tmp", [.read, .write, .change])], abi: abi)
        _ = try Landlock.childRuleset(for: settings(), abi: abi)
    }

    @Test("siblings with domains of their own can signal neither each other nor their gate; their gate can signal them")
    func signals() async {
        await #expect(processExitsWith: .success) {
            let status = try ask(separate: true) { sibling, gate in
                if ProcessActs.signalProblem(sibling) != .notPermitted { return 1 }
                return ProcessActs.signalProblem(gate) == .notPermitted ? 0 : 2
            } gate: { sibling in
                if ProcessActs.signalProblem(sibling) != nil { return 3 }
                // The gate cannot signal a process outside of its own domain either.
                return ProcessActs.signalProblem(ProcessActs.parent) == .notPermitted ? 0 : 4
            }
            #expect(status == 0)
            // Without domains of their own they can.
            let together = try ask(separate: false) { sibling, gate in
                ProcessActs.signalProblem(sibling) == nil && ProcessActs.signalProblem(gate) == nil ? 0 : 1
            }
            #expect(together == 0)
        }
    }

    @Test("siblings with domains of their own can trace neither each other nor their gate")
    func tracing() async {
        await #expect(processExitsWith: .success) {
            let status = try ask(separate: true) { sibling, gate in
                if ProcessActs.tracingProblem(sibling) != .notPermitted { return 1 }
                return ProcessActs.tracingProblem(gate) == .notPermitted ? 0 : 2
            }
            #expect(status == 0)
        }
    }

    @Test("in one domain siblings could trace each other", .enabled(if: Accounts.isRoot))
    func tracingTogether() async {
        await #expect(processExitsWith: .success) {
            let status = try ask(separate: false) { sibling, _ in ProcessActs.tracingProblem(sibling) == nil ? 0 : 1 }
            #expect(status == 0)
        }
    }

    @Test("TCP can be bound and connected only by a service with inet or inet6 in its network")
    func tcp() async {
        await #expect(processExitsWith: .success) {
            let any = try #require(ListenAddress("127.0.0.1:0"))
            let listener = try Listener(any, options: SocketOptions())
            let address = listener.bound
            func act(_ network: Set<SocketFamily>) throws -> Int32 {
                try ChildProcesses.forked {
                    try hold(settings(network))
                    var problems: [Errno?] = []
                    do throws(SystemError) {
                        _ = try connected(to: address)
                        problems.append(nil)
                    } catch { problems.append(error.errno) }
                    do throws(SystemError) {
                        _ = try Listener(any, options: SocketOptions())
                        problems.append(nil)
                    } catch { problems.append(error.errno) }
                    return problems == [.access, .access] ? 1 : problems == [nil, nil] ? 0 : 2
                }
            }
            for network in [Set<SocketFamily>(), [.unix], [.netlink]] {
                let status = try act(network)
                #expect(status == 1, "\(network)")
            }
            for network in [Set<SocketFamily>([.inet]), [.inet6, .unix]] {
                let status = try act(network)
                #expect(status == 0, "\(network)")
            }
        }
    }

    @Test("an abstract unix socket can be connected only by a service that shares the network and may use unix sockets")
    func abstract() async {
        await #expect(processExitsWith: .success) {
            let name = "doorward-test-\(Processes.ownPID)"
            let listener = try abstractListener(name)
            func act(_ network: Set<SocketFamily>) throws -> Int32 {
                try ChildProcesses.forked {
                    try hold(settings(network))
                    try holdChild(settings(network))
                    do throws(SystemError) {
                        _ = try connected(to: .unix(path: "\0" + name))
                        return 0
                    } catch {
                        return error.errno == .notPermitted ? 1 : 2
                    }
                }
            }
            for network in [Set<SocketFamily>(), [.inet, .inet6], [.unix]] {
                let status = try act(network)
                #expect(status == 1, "\(network)")
            }
            for network in [Set<SocketFamily>([.unix, .netlink]), [.unix, .inet]] {
                let status = try act(network)
                #expect(status == 0, "\(network)")
            }
            _ = listener.number
        }
    }
}
