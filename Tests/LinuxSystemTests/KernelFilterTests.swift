// Clients on loopback bind the address that they connect from: all of 127.0.0.0/8 is this machine's.
import Addresses
import CLinux
import Glibc
import ServiceModel
import Synchronization
import TestSupport
import Testing

@testable import LinuxSystem

/// Whether the kernel makes maps for this process. No other failure disables these tests.
private let mayFilter: Bool = {
    let map = unsafe clinux_counter_map("probe", 1)
    return map >= 0 && clinux_close(map) == 0
}()

@Suite(.enabled(if: mayFilter, "needs the right to bpf(2): run as root"))
struct KernelFilterTests {
    private let filter: OneFilter

    init() throws { filter = try OneFilter(KernelFilter(mostBans: 100)) }

    /// How many SYN segments the block list in force dropped for the longest prefix that contains this one; nil when it
    /// has none.
    private func blockedHits(_ prefix: IPPrefix) throws -> UInt64? { try filter.use.blockList.maps.value(prefix)?[0] }

    @Test("a banned client is dropped and counted, without an answer; another client is served at once")
    func dropped() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        try filter.use.ban(prefix("127.0.0.66"), until: .max)
        let banned = try attempt(from: "127.0.0.66", to: listener.address)
        #expect(try eventually { try filter.use.hits(ofBan: prefix("127.0.0.66")) == 1 })
        #expect(!isReady(banned.number, POLLOUT, milliseconds: 0))
        #expect(try listener.serves("127.0.0.67"))
        #expect(try listener.isQuiet)
        #expect(try filter.use.drops() == KernelDrops(byBans: 1, byBlockList: 0))
    }

    @Test("as with IPv4, an IPv6 prefix drops the clients that it contains, and no others")
    func six() throws {
        let listener = try FilteredListener("::1", filter)
        try filter.use.ban(prefix("2001:db8::/32"), until: .max)
        try filter.use.ban(prefix("0.0.0.0/0"), until: .max)
        #expect(try listener.serves("::1"))
        try filter.use.ban(prefix("::/64"), until: .max)
        #expect(try !listener.serves("::1"))
        #expect(try filter.use.hits(ofBan: prefix("::/64")) == 1)
        #expect(try filter.use.hits(ofBan: prefix("::1")) == 1)
        #expect(try filter.use.hits(ofBan: prefix("0.0.0.0/0")) == 0)
    }

    @Test("a listener for both families has IPv4 clients looked up as IPv4")
    func dualStack() throws {
        let listener = try FilteredListener(bothFamilies: filter)
        try filter.use.ban(prefix("127.0.0.66"), until: .max)
        #expect(try !listener.serves("127.0.0.66"))
        #expect(try listener.serves("127.0.0.67"))
        #expect(try listener.serves("::1"))
        try filter.use.ban(prefix("::1"), until: .max)
        #expect(try !listener.serves("::1"))
    }

    @Test("an open connection goes on when its client is banned, and a new one is dropped")
    func openConnection() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        let client = try attempt(from: "127.0.0.66", to: listener.address)
        let accepted = try #require(try listener.accept())
        try filter.use.ban(prefix("127.0.0.66"), until: .max)
        for word in ["one", "two"] {
            try client.writeAll(Array(word.utf8).span)
            try #require(isReady(accepted.descriptor.number, POLLIN))
            #expect(text(try readOnce(accepted.descriptor)) == word)
            try accepted.descriptor.writeAll(Array(word.utf8).span)
            try #require(isReady(client.number, POLLIN))
            #expect(text(try readOnce(client)) == word)
        }
        #expect(try !listener.serves("127.0.0.66"))
        #expect(try filter.use.drops().byBans == 1)
    }

    @Test("a client is served after its ban is removed, and after the filter is removed")
    func removal() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        try filter.use.ban(prefix("127.0.0.66"), until: .max)
        #expect(try !listener.serves("127.0.0.66"))
        try filter.use.remove(prefix("127.0.0.64/26"))
        #expect(try !listener.serves("127.0.0.66"))
        try filter.use.remove(prefix("127.0.0.66"))
        #expect(try listener.serves("127.0.0.66"))
        #expect(try filter.use.hits(ofBan: prefix("127.0.0.66")) == nil)
        try filter.use.ban(prefix("127.0.0.66"), until: .max)
        #expect(try !listener.serves("127.0.0.66"))
        try KernelFilter.detach(from: listener.number)
        #expect(try listener.serves("127.0.0.66"))
    }

    @Test("a client is served after the end of its ban: at once, or with its next SYN")
    func end() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        for end in [.min, 0, Clock.monotonicNanoseconds()] {
            try filter.use.ban(prefix("127.0.0.66"), until: end)
            #expect(try listener.serves("127.0.0.66"))
        }
        try filter.use.ban(prefix("127.0.0.66"), until: Clock.monotonicNanoseconds() + 300_000_000)
        let client = try attempt(from: "127.0.0.66", to: listener.address)
        #expect(try eventually { try filter.use.hits(ofBan: prefix("127.0.0.66")) == 1 })
        #expect(try listener.isQuiet)
        // The client sends its SYN again after a second (tcp(7)).
        #expect(isReady(client.number, POLLOUT))
        #expect(try listener.accept() != nil)
        #expect(try filter.use.hits(ofBan: prefix("127.0.0.66")) == 1)
    }

    @Test("an exempt prefix passes a wider ban, but not the block list")
    func exempt() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        try filter.use.ban(prefix("127.0.0.0/8"), until: .max)
        try filter.use.exempt(prefix("127.0.0.64/26"))
        #expect(try listener.serves("127.0.0.66"))
        #expect(try !listener.serves("127.0.0.32"))
        try filter.use.replaceBlockList(with: KernelBlockList(of: [prefix("127.0.0.66")]))
        #expect(try !listener.serves("127.0.0.66"))
        #expect(try listener.serves("127.0.0.67"))
        #expect(try filter.use.drops() == KernelDrops(byBans: 1, byBlockList: 1))
        #expect(try blockedHits(prefix("127.0.0.66")) == 1)
        #expect(try filter.use.hits(ofBan: prefix("127.0.0.66")) == 0)
    }

    @Test("a ban is asked before the block list, and the block list after a ban that is over")
    func order() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        try filter.use.replaceBlockList(with: KernelBlockList(of: [prefix("127.0.0.0/24")]))
        try filter.use.ban(prefix("127.0.0.66"), until: .max)
        #expect(try !listener.serves("127.0.0.66"))
        try filter.use.ban(prefix("127.0.0.66"), until: 0)
        #expect(try !listener.serves("127.0.0.66"))
        #expect(try filter.use.drops() == KernelDrops(byBans: 1, byBlockList: 1))
        #expect(try filter.use.hits(ofBan: prefix("127.0.0.66")) == 0)
    }

    @Test("another block list is in force for every listener at once; the drops are still counted")
    func replacement() throws {
        let listeners = [try FilteredListener("127.0.0.1", filter), try FilteredListener("127.0.0.2", filter)]
        for (blocked, other) in [("127.0.0.66", "127.0.0.67"), ("127.0.0.67", "127.0.0.66")] {
            try filter.use.replaceBlockList(with: KernelBlockList(of: [prefix(blocked), prefix("2001:db8::/32")]))
            for listener in listeners {
                #expect(try !listener.serves(blocked))
                #expect(try listener.serves(other))
            }
            #expect(try blockedHits(prefix(blocked)) == 2)
            #expect(try blockedHits(prefix("2001:db8:1::/48")) == 0)
            #expect(try blockedHits(prefix(other)) == nil)
        }
        #expect(try filter.use.drops() == KernelDrops(byBans: 0, byBlockList: 4))
        try filter.use.replaceBlockList(with: KernelBlockList(of: []))
        #expect(try listeners[0].serves("127.0.0.67"))
    }

    @Test("while the block list is replaced again and again, no SYN of a flood from a blocked client passes")
    func flood() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        let address = listener.address
        try filter.use.replaceBlockList(with: KernelBlockList(of: [prefix("127.0.0.66")]))
        let flood = Flood(from: "127.0.0.66", to: address)
        defer { flood.end() }
        #expect(try eventually { try filter.use.drops().byBlockList > 0 })
        for turn in 0..<20 {
            let others = (0..<turn).map { IPPrefix(of: .v4(UInt32($0) << 24), length: 8) }
            try filter.use.replaceBlockList(with: KernelBlockList(of: others + [prefix("127.0.0.66")]))
        }
        let sent = flood.end()
        #expect(sent > 20)
        #expect(try filter.use.drops() == KernelDrops(byBans: 0, byBlockList: UInt64(sent)))
        #expect(try listener.isQuiet)
        #expect(try listener.serves("127.0.0.67"))
    }

    @Test("a long list of both families is in force from its first prefix to its last")
    func longList() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        let four = (0..<70_000).map { IPPrefix(of: .v4(0x0a00_0000 + $0), length: 32) }
        let six = (0..<70_000).map { IPPrefix(of: .v6((0x2001_0db8 << 96) + $0 << 64), length: 64) }
        let all = four + six + [try prefix("127.0.0.66")]
        try filter.use.replaceBlockList(with: KernelBlockList(of: all))
        for prefix in [four[0], four[4095], four[4096], four[69_999], six[0], six[69_999]] {
            #expect(try blockedHits(prefix) == 0, "\(prefix)")
        }
        #expect(try blockedHits(prefix("10.1.17.112")) == nil)
        #expect(try blockedHits(prefix("2001:db8:1:1170::/64")) == nil)
        #expect(try !listener.serves("127.0.0.66"))
        #expect(try listener.serves("127.0.0.67"))
    }

    @Test("each family has room for the given number of bans; a repeated ban takes no more")
    func room() throws {
        let small = try KernelFilter(mostBans: 2)
        for text in ["10.0.0.0/8", "192.0.2.1", "2001:db8::1", "2001:db8::/64"] {
            try small.ban(prefix(text), until: .max)
        }
        for text in ["198.51.100.1", "2001:db8::2"] {
            #expect(throws: SystemError("add to the filter", Errno(ENOSPC))) {
                try small.ban(prefix(text), until: .max)
            }
        }
        try small.remove(prefix("192.0.2.1"))
        try small.ban(prefix("198.51.100.1"), until: .max)
        try small.ban(prefix("10.0.0.0/8"), until: 0)
        #expect(try small.hits(ofBan: prefix("198.51.100.1")) == 0)
    }

    @Test("listeners keep the program after its owner's end, until another replaces it")
    func ownerGone() throws {
        let listener = try FilteredListener("127.0.0.1", filter)
        do {
            let another = try KernelFilter(mostBans: 1)
            try another.ban(prefix("127.0.0.66"), until: .max)
            try another.attach(to: listener.number)
        }
        // The counters are gone, too: the next client is served, and no client stood before it in the queue.
        let banned = try attempt(from: "127.0.0.66", to: listener.address)
        #expect(try listener.serves("127.0.0.67"))
        #expect(try listener.isQuiet)
        #expect(!isReady(banned.number, POLLOUT, milliseconds: 0))
        try filter.use.attach(to: listener.number)
        #expect(try listener.serves("127.0.0.66"))
    }

    @Test("a socket without a filter, and a descriptor that is no socket, are errors with a reason")
    func errors() throws {
        let listener = try Listener(.ip(.v4(0x7f00_0001), port: 0), options: SocketOptions())
        #expect(throws: SystemError("detach the filter", .noEntry)) {
            try KernelFilter.detach(from: listener.descriptor.number)
        }
        let null = try Startup.openNull()
        #expect(throws: SystemError("attach the filter", Errno(ENOTSOCK))) {
            try filter.use.attach(to: null.number)
        }
    }

    @Test("without the right there is no filter, but an error with a reason")
    func noRight() async {
        await #expect(processExitsWith: .success) {
            #expect(clinux_set_users(65_534) == 0)
            #expect(throws: SystemError("make a map for the filter", .notPermitted)) {
                _ = try KernelFilter(mostBans: 1)
            }
        }
    }

    @Test("all descriptors are close-on-exec, and none is left over after replacements and failures")
    func descriptors() async {
        await #expect(processExitsWith: .success) {
            // In a forked child, where no other thread opens or closes a descriptor.
            let status = try ChildProcesses.forked {
                try Startup.closeAll(but: [])
                do {
                    var filter = try KernelFilter(mostBans: 1)
                    let made = try openDescriptors()
                    guard made.count == 3 + 8, made.dropFirst(3).allSatisfy(isCloseOnExec) else { return 1 }
                    for _ in 0..<3 { try filter.replaceBlockList(with: KernelBlockList(of: [prefix("10.0.0.0/8")])) }
                    guard try openDescriptors().count == made.count else { return 2 }
                }
                guard try openDescriptors() == [0, 1, 2] else { return 3 }
                // Whichever of them cannot be made any more, the earlier ones are closed.
                for room in 0..<8 {
                    OwnLimits.set(7, soft: UInt64(3 + room))
                    do throws(SystemError) {
                        _ = try KernelFilter(mostBans: 1)
                        return 4
                    } catch {
                        guard error.errno == .filesExhausted else { return 5 }
                    }
                    OwnLimits.set(7, soft: 64)
                    guard try openDescriptors() == [0, 1, 2] else { return 6 }
                }
                return 0
            }
            #expect(status == 0)
        }
    }
}
