import Sandbox
import ServiceModel
import Testing

// The kernel takes 32 bits of these arguments: the bits above must make no difference.
private let garbage: UInt64 = 0xdead_beef_0000_0000
private let stream: UInt64 = 1
private let datagram: UInt64 = 2
private let nonBlockingCloseOnExec: UInt64 = 0o2004000

private let familyNumbers: [(Set<SocketFamily>, [UInt64])] = [
    ([], []), ([.unix], [1]), ([.inet], [2]), ([.inet6], [10]), ([.netlink], [16]), ([.inet, .inet6], [2, 10]),
    ([.unix, .inet, .inet6, .netlink], [1, 2, 10, 16]),
]

struct ConditionalSystemCallTests {
    @Test("a socket is allowed for the named families only", arguments: familyNumbers)
    func families(network: Set<SocketFamily>, expected: [UInt64]) throws {
        let filter = try FilterAnswers(network: network)
        for type in [stream, datagram, stream | nonBlockingCloseOnExec] {
            for upper in [0, garbage] {
                let allowed = try (0...64).filter { try filter.allows("socket", $0 | upper, type | upper, upper) }
                #expect(allowed == expected)
            }
        }
        #expect(try filter.answer("socket", 40, 1, 0) == Answer.notPermitted)
        // In kill mode too: the C library tries sockets that no program needs.
        #expect(try FilterAnswers(.kill, network: network).answer("socket", .max, 1, 0) == Answer.notPermitted)
    }

    @Test("for inet and inet6, only TCP and UDP are allowed", arguments: [UInt64(2), 10])
    func internet(family: UInt64) throws {
        let filter = try FilterAnswers(network: [.inet, .inet6, .unix, .netlink])
        for type in UInt64(0)...15 {
            for flags in [0, nonBlockingCloseOnExec, garbage] {
                let allowed = try (0...300).filter { try filter.allows("socket", family, type | flags, $0 | garbage) }
                #expect(allowed == (type == stream || type == datagram ? [0, 6, 17] : []))
            }
        }
        #expect(try !filter.allows("socket", family, stream | 0x10, 0))
    }

    @Test("a process that asks name servers may open no socket but for datagrams", arguments: [UInt64(2), 10])
    func datagrams(family: UInt64) throws {
        let filter = try FilterAnswers(SandboxSettings(network: [.inet, .inet6]), internet: .datagrams)
        for flags in [0, nonBlockingCloseOnExec, garbage] {
            #expect(try (0...15).filter { try filter.allows("socket", family, $0 | flags, 0) } == [datagram])
        }
        #expect(try (0...64).filter { try filter.allows("socket", $0, datagram, 0) } == [2, 10])
    }

    @Test("for netlink only the routing tables are allowed; for unix, every type")
    func otherFamilies() throws {
        let filter = try FilterAnswers(network: [.unix, .netlink])
        #expect(try (0...32).filter { try filter.allows("socket", 16, 3, $0 | garbage) } == [0])
        #expect(try (0...6).filter { try filter.allows("socket", 1, $0, 0) } == Array(0...6))
    }

    @Test("socketpair is allowed for unix; with datagrams, which could go elsewhere, only if `network` names unix")
    func pairs() throws {
        let expected: [(Set<SocketFamily>, [UInt64])] = [([], [1, 5]), ([.inet], [1, 5]), ([.unix], Array(1...10))]
        for (network, types) in expected {
            let filter = try FilterAnswers(network: network)
            #expect(try (0...64).filter { try filter.allows("socketpair", $0 | garbage, 1, 0) } == [1])
            for flags in [0, nonBlockingCloseOnExec, garbage] {
                #expect(try (1...10).filter { try filter.allows("socketpair", 1, $0 | flags, 0) } == types)
            }
        }
    }

    @Test("the accepted connection gets no other address unless `network` names a family")
    func addressing() throws {
        func allowed(_ network: Set<SocketFamily>) throws -> [String] {
            let filter = try FilterAnswers(network: network)
            return try ["connect", "bind", "listen"].filter { try filter.allows($0, 0, garbage, 16) }
        }
        #expect(try allowed([]) == [])
        #expect(try allowed([.unix]) == ["connect", "bind"])
        #expect(try allowed([.netlink]) == ["bind"])
        #expect(try allowed([.inet6]) == ["connect", "bind", "listen"])
        #expect(try FilterAnswers(.refuse, "+connect").allows("connect", 0, 0, 16))
    }

    @Test("a send cannot connect a socket that was disconnected, unless `network` names inet or inet6")
    func fastOpen() throws {
        let fastOpen: UInt64 = 0x2000_0000
        let expected: [(Set<SocketFamily>, Bool)] = [([.unix], false), ([.netlink], false), ([.inet], true)]
        for (network, isAllowed) in expected {
            let filter = try FilterAnswers(network: network)
            #expect(try filter.allows("sendto", 0, 0, 0, fastOpen, 0, 0) == isAllowed)
            #expect(try filter.allows("sendmsg", 0, 0, fastOpen | garbage) == isAllowed)
            #expect(try filter.allows("sendmmsg", 0, 0, 1, fastOpen | 0x4000) == isAllowed)
            #expect(try filter.allows("sendmsg", 0, 0, 0x4040))
        }
    }

    @Test("a handler cannot ask for the machine's interfaces through the connection's socket")
    func interfaces() throws {
        func refused(_ network: Set<SocketFamily>) throws -> Int {
            let filter = try FilterAnswers(network: network)
            return try (0x8800...0x8aff).count { try !filter.allows("ioctl", 0, $0 | garbage, 0) }
        }
        #expect(try refused([]) == 256)
        #expect(try refused([.unix]) == 256)
        #expect(try refused([.inet]) == 0)
    }

    @Test(
        "clone makes processes and threads, but no namespace",
        // What fork, pthread_create and posix_spawn ask for, and 0.
        arguments: [0x0120_0011, 0x003d_0f00, 0x4111, 0] as [UInt64])
    func clone(flags: UInt64) throws {
        let filter = try FilterAnswers()
        let refused = try (0..<64).filter { try !filter.allows("clone", UInt64(1) << $0 | flags, 0, 0, 0, 0) }
        #expect(refused == [17, 25, 26, 27, 28, 29, 30])
    }

    @Test("clone can be allowed wholly, and kills in kill mode")
    func cloneByMode() throws {
        #expect(try FilterAnswers(.kill).answer("clone", 0x1000_0011) == Answer.killProcess)
        #expect(try FilterAnswers(.refuse, "+clone").allows("clone", 0x1000_0011))
    }

    @Test("clone3 is absent in every mode, so that C libraries use clone")
    func cloneWithMemory() throws {
        #expect(try FilterAnswers().answer("clone3", 1, 88) == Answer.notImplemented)
        #expect(try FilterAnswers(.kill).answer("clone3", 1, 88) == Answer.notImplemented)
        #expect(try FilterAnswers(.kill, "-clone3").answer("clone3", 1, 88) == Answer.notImplemented)
        #expect(try FilterAnswers(.refuse, "+clone3").allows("clone3", 1, 88))
    }

    @Test("ioctl can neither write into a terminal's input nor change its line discipline")
    func terminals() throws {
        let filter = try FilterAnswers()
        let refused = try (0x5400...0x5480).filter { try !filter.allows("ioctl", 0, $0 | garbage, 0) }
        #expect(refused == [0x5412, 0x541c, 0x5423])
        #expect(try FilterAnswers(.refuse, "+ioctl").allows("ioctl", 0, 0x5412))
        #expect(try FilterAnswers(.refuse, "-ioctl").answer("ioctl", 0, 0x5401) == Answer.notPermitted)
    }

    @Test("a handler cannot read a process through its descriptor, shrink a pipe, or take memory for futexes")
    func smallPrint() throws {
        let filter = try FilterAnswers()
        #expect(try !filter.allows("ioctl", 3, 0xc050_ff0b, 0))
        #expect(try (0...1100).filter { try !filter.allows("fcntl", 2, $0 | garbage, 0) } == [1031])
        #expect(try (0...100).filter { try !filter.allows("prctl", $0 | garbage, 0) } == [78])
    }

    @Test("mode, owner, times and attributes of files can be changed only by a service that may change files")
    func attributes() throws {
        func allowed(_ change: (inout SandboxSettings) -> Void) throws -> Bool {
            var settings = SandboxSettings()
            change(&settings)
            let filter = try FilterAnswers(settings)
            let names = SystemCalls.changingAttributes.calls.filter { SystemCalls.number(of: $0) != nil }
            let answers = try Set(names.map { try filter.allows($0, 0, 0, 0) })
            #expect(answers.count == 1)
            return answers == [true]
        }
        #expect(try !allowed { _ in })
        #expect(try !allowed { $0.files.read = ["/srv"] })
        #expect(try allowed { $0.files.write = ["/srv"] })
        #expect(try allowed { $0.privateTemporary = .mebibytes(1) })
        #expect(try allowed { $0.landlock = .off })
    }

    @Test("a process can change limits and priority only of itself: the gate has the same user")
    func others() throws {
        let filter = try FilterAnswers()
        #expect(try filter.allows("prlimit64", garbage, 7, 1, 1))
        #expect(try filter.answer("prlimit64", 1, 7, 1, 1) == Answer.notPermitted)
        #expect(try FilterAnswers(.refuse, "+prlimit64").allows("prlimit64", 1, 7, 1, 1))
        for who in [0, 1, 0xffff_ffff] as [UInt64] {
            #expect(try filter.allows("sched_setaffinity", who | garbage, 8, 0) == (who == 0))
            let allowed = try (0...3).filter { try filter.allows("setpriority", $0 | garbage, who | garbage, 5) }
            #expect(allowed == (who == 0 ? [0, 1] : []))
        }
    }

    @Test("the description of socket names the families")
    func meaning() {
        let meanings = [Set<SocketFamily>(), [.unix], [.inet6, .inet]].map { network in
            ConditionalSystemCall.standard(network: network).first { $0.name == "socket" }?.meaning
        }
        #expect(meanings[0] == "for no family: the service's `network` names none")
        #expect(meanings[1]?.hasPrefix("for the families unix:") == true)
        #expect(meanings[2]?.hasPrefix("for the families inet, inet6:") == true)
    }
}
