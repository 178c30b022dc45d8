// The resolver as it runs: a forked and confined process, with real name servers. In exit tests, because other tests
// fork at the same time.
import Addresses
import DNS
import Glibc
import LinuxSystem
import Messages
import ProcessSetup
import Sandbox
import TestSupport
import Testing

@testable import Resolver

/// A forked resolver that is ready for requests.
private final class RunningResolver {
    let pid: Int32
    private var supervisor: SupervisorEnd?
    private var poller: Poller

    init(_ servers: [NameServer], in directory: TemporaryDirectory) throws {
        let channel = try ProcessChannel()
        let setup = ResolverSetup(
            sandbox: try WorkerTask.resolver.sandbox(state: "\(directory.path)/state", privilege: .current),
            servers: servers,
            channel: channel.child.numbers)
        pid = try Processes.fork()
        if pid == 0 {
            // exec would do this.
            try Startup.closeAll(but: setup.channel.all)
            Resolver.serve(setup)
        }
        let end = SupervisorEnd(channel.takeParentEnd())
        supervisor = end
        poller = try Poller()
        try poller.add(end.number, token: 0)
        _ = try poller.wait(timeoutNanoseconds: 20_000_000_000)
        let report = try end.report()
        #expect(report == .ready)
        // The supervisor's end has nothing more to say; from now on the test waits for a gate's end.
        try poller.remove(end.number)
    }

    func gate(_ lists: String...) throws -> GateEnd {
        let gate = try #require(supervisor).gate(lists)
        try poller.add(gate.number, token: 1)
        return gate
    }

    /// Waits for a gate's reply.
    func reply(to gate: GateEnd) throws -> ListReply {
        _ = try poller.wait(timeoutNanoseconds: 20_000_000_000)
        let reply: ListReply = try #require(try gate.reply())
        return reply
    }

    func word(of list: Int, on address: String, for gate: GateEnd) throws -> ListAnswer.Word {
        try gate.ask(list, try #require(IPAddress(address)))
        return try reply(to: gate).answer.word
    }

    /// Its status in /proc.
    func status() throws -> String { text(try Files.read("/proc/\(pid)/status", most: 1 << 16)) }

    /// Closes the supervisor's end; returns the resolver's exit status.
    func end() -> Int32 {
        supervisor = nil
        return ChildProcesses.status(of: pid)
    }
}

/// The answer for an address that a list answers with 127.0.0.`last`.
private func listed(_ last: UInt32) -> ListAnswer.Word { .listed([.v4(0x7f00_0000 + last)]) }

private let rbldnsd = "/usr/sbin/rbldnsd"

/// rbldnsd, with files of its own, on a free port.
private final class RunningRbldnsd {
    let server: NameServer
    let pid: Int32

    init(zone: String, in directory: TemporaryDirectory) throws {
        TemporaryDirectory.change(mode: 0o755, of: directory.path)
        let v4 = try directory.write(
            "v4",
            """
            $SOA 600 ns.\(zone) me.\(zone) 0 600 300 86400 120
            $TTL 90
            :127.0.0.2:Listed
            192.0.2.1
            192.0.2.7 :127.0.0.4:worse
            203.0.113.0/24
            !203.0.113.9
            192.0.2.99 :127.0.0.1:nonsense

            """)
        let v6 = try directory.write("v6", ":127.0.0.3:Listed\n2001:db8:1::/48\n")
        server = try FakeNameServer().server
        let ends = try streamEnds()
        pid = try Processes.fork()
        if pid == 0 {
            let user = Accounts.isRoot ? ["-u", "rbldns"] : []
            execute(
                rbldnsd,
                ["rbldnsd", "-n"] + user
                    + ["-b", "127.0.0.1/\(server.port)", "\(zone):ip4set:\(v4)", "\(zone):ip6trie:\(v6)"],
                output: ends.far.number)
        }
        var said = ""
        while !said.contains(" started (") {
            let some = text(try readOnce(ends.near))
            try #require(!some.isEmpty, "rbldnsd ended: \(said)")
            said += some
        }
        // Stays open, because rbldnsd goes on writing there.
        _ = ends.takeNear().release()
    }

    private var isRunning = true

    deinit { end() }

    /// Ends it with SIGKILL: the signals that it inherited from the test are blocked.
    func end() {
        guard isRunning else { return }
        isRunning = false
        Processes.signal(pid, .kill)
        _ = ChildProcesses.status(of: pid)
    }
}

@Suite(.timeLimit(.minutes(1)))
struct ServingTests {
    @Test("a resolver serves as a user without rights, and ends with its supervisor")
    func serve() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let server = try FakeNameServer()
            let resolver = try RunningResolver([server.server], in: directory)
            let gate = try resolver.gate("bl.example")
            try gate.ask(0)
            let query = try server.query()
            server.send(query.reply(2), to: query)
            let word = try resolver.reply(to: gate).answer.word
            #expect(word == listed(2))
            let status = try resolver.status()
            for line in ["CapEff:\t0000000000000000", "CapPrm:\t0000000000000000", "NoNewPrivs:\t1", "Seccomp:\t2"] {
                #expect(status.contains("\n\(line)\n"))
            }
            if Accounts.isRoot {
                let number = try #require(try DynamicUsers.known("_resolver", state: "\(directory.path)/state"))
                #expect(status.contains("\nUid:\t\(number)\t\(number)\t\(number)\t\(number)\n"))
            }
            let end = resolver.end()
            #expect(end == 0)
        }
    }

    @Test("a resolver may only ask: it starts no program, opens no file, and accepts no connection")
    func confined() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let server = try FakeNameServer()
            let plan = try WorkerTask.resolver.sandbox(state: "\(directory.path)/state", privilege: .current)
            let status = try ChildProcesses.forked {
                _ = try Sandbox.enter(plan)
                let isRefused = { (result: Int32) in result < 0 && errno == EPERM }
                guard isRefused(unsafe open("/dev/null", O_RDONLY)) else { return 1 }
                guard isRefused(fork()) else { return 2 }
                let stream = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
                guard isRefused(listen(stream, 1)) else { return 3 }
                guard isRefused(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)) else { return 4 }
                var none: [UnsafeMutablePointer<CChar>?] = unsafe [nil]
                guard isRefused(unsafe execv("/bin/true", &none)) else { return 5 }
                let datagrams = try DatagramSocket(to: server.server.address, port: server.server.port)
                try datagrams.send([1, 2, 3])
                return 0
            }
            #expect(status == 0)
            let sent = try server.query().bytes
            #expect(sent == [1, 2, 3])
        }
    }

    @Test(
        "rbldnsd's lists are read right: both families, exceptions, answers, and how long they are valid",
        .enabled(if: Files.executionProblem(rbldnsd) == nil, "needs rbldnsd"))
    func realLists() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let server = try RunningRbldnsd(zone: "bl.example", in: directory)
            let resolver = try RunningResolver([server.server], in: directory)
            let gate = try resolver.gate("bl.example", "not.served.example")
            for (address, word) in [
                ("192.0.2.1", listed(2)), ("192.0.2.7", listed(4)), ("203.0.113.200", listed(2)),
                ("203.0.113.9", .notListed), ("198.51.100.1", .notListed), ("192.0.2.99", .unknown),
                ("2001:db8:1:2::3", listed(3)), ("2001:db8:2::3", .notListed),
            ] as [(String, ListAnswer.Word)] {
                let said = try resolver.word(of: 0, on: address, for: gate)
                #expect(said == word, "\(address)")
            }
            // rbldnsd refuses zones that it does not have.
            let refused = try resolver.word(of: 1, on: "192.0.2.1", for: gate)
            #expect(refused == .unknown)
            try gate.ask(0, .v4(0xc000_0201))
            let yes = try resolver.reply(to: gate).answer.seconds
            try gate.ask(0, .v4(0xc633_6401))
            let no = try resolver.reply(to: gate).answer.seconds
            #expect(yes == 90 && no == 120)
            server.end()
            let gone = try resolver.word(of: 0, on: "192.0.2.1", for: gate)
            #expect(gone == .unknown)
            let end = resolver.end()
            #expect(end == 0)
        }
    }
}
