import Addresses
import Messages
import ServiceModel
import Testing
import Wire

struct GateMessagesTests {
    @Test(
        "a message of the supervisor reads back unchanged",
        arguments: [
            SupervisorMessage.blockList, .bans, .resolver, .kill, .queueFlush, .signOfLife,
            .drain(graceNanoseconds: nil),
            .drain(graceNanoseconds: 0),
            .drain(graceNanoseconds: 1), .drain(graceNanoseconds: 30_000_000_000), .drain(graceNanoseconds: .max),
            .sourceStatus(0, .user(0)), .sourceStatus(.max, .address(.v4(.max))),
            .sourceStatus(77, .address(.v6(5 << 64))),
        ])
    func supervisor(message: SupervisorMessage) {
        #expect(SupervisorMessage(message.bytes) == message)
    }

    @Test("a message of a gate reads back unchanged")
    func gate() {
        for message in [
            GateMessage.ready, .alive, .closed, .failed(""), .failed("umask reads back as 2"), .failed("ü\n"),
        ] {
            #expect(GateMessage(message.bytes) == message)
        }
    }

    @Test("a source's status reads back unchanged, with the number of its request; a part of it is no message")
    func sourceStatus() {
        var sourceStatus = SourceStatus()
        sourceStatus.rateWait = .seconds(1)
        sourceStatus.lists = .denied(rule: 31)
        sourceStatus.checks = .refused(check: 3)
        let message = GateMessage.sourceStatus(0x0102_0304, sourceStatus)
        #expect(GateMessage(message.bytes) == message)
        for count in 0..<message.bytes.count { #expect(GateMessage(Array(message.bytes.prefix(count))) == nil) }
    }

    @Test("a report of an offence or of bans' hits reads back unchanged")
    func reports() throws {
        let prefixes = try ["192.0.2.7", "0.0.0.0/0", "2001:db8::/64", "ffff::1"].map { try IPPrefix($0) }
        let offences = [Offence.sensor] + Penalties.Cause.allCases.map { .penalties($0) }
        for prefix in prefixes {
            for offence in offences {
                let message = GateMessage.offence(prefix, offence)
                #expect(GateMessage(message.bytes) == message)
            }
        }
        let hits = (0..<GateMessage.mostHits).map { BanHit(prefix: prefixes[$0 % 4], count: .max - UInt32($0)) }
        for count in [0, 1, GateMessage.mostHits] {
            let message = GateMessage.hits(Array(hits.prefix(count)))
            #expect(GateMessage(message.bytes) == message)
        }
    }

    @Test("a report that is cut, too long, or about an invalid prefix is nonsense")
    func brokenReports() throws {
        let offence = GateMessage.offence(try IPPrefix("192.0.2.0/24"), .sensor).bytes
        for count in 2..<offence.count { #expect(GateMessage.read(Array(offence.prefix(count))) == .nonsense) }
        // The number of the offence, the length of the text, and its first character.
        for (place, byte) in [(2, UInt8(99)), (10, 1), (18, 0x78), (18, 0xff)] {
            var bytes = offence
            bytes[place] = byte
            #expect(GateMessage.read(bytes) == .nonsense, "\(place)")
        }
        #expect(GateMessage.read(offence + [0]) == .nonsense)
        let hit = BanHit(prefix: try IPPrefix("::1"), count: 1)
        let tooMany = GateMessage.hits(Array(repeating: hit, count: GateMessage.mostHits + 1)).bytes
        #expect(GateMessage.read(tooMany) == .nonsense)
        #expect(GateMessage.read(Array(tooMany.prefix(24))) == .nonsense)
    }

    @Test("the longest report fits into one message of a channel")
    func longest() throws {
        let prefix = try IPPrefix("ffff:ffff:ffff:ffff:ffff:ffff:ffff:fffe/128")
        let hit = BanHit(prefix: prefix, count: .max)
        let report = GateMessage.hits(Array(repeating: hit, count: GateMessage.mostHits)).bytes
        #expect(report.count <= 4096)
        #expect(GateMessage.failed(String(repeating: "x", count: 2000)).bytes.count <= 4096)
    }

    @Test("a kind or a version that is not known is no nonsense, whatever follows it")
    func unknown() {
        let letters: Set<UInt8> = [0x52, 0x46, 0x4f, 0x48, 0x53, 0x41, 0x43]
        for letter in UInt8.min ... .max {
            let isKnown = letters.contains(letter)
            #expect((GateMessage.read([letter, 1, 0xff]) == .unknown) == !isKnown)
            #expect(GateMessage.read([letter, 2, 0xff]) == .unknown)
            #expect(GateMessage.read([letter]) == .unknown)
        }
        #expect(GateMessage.read([]) == .nonsense)
        #expect(SupervisorMessage.read([0x58, 1]) == .unknown)
        #expect(ResolverOrder.read([0x58, 1]) == .unknown)
        #expect(WorkerReport.read([0x58, 1]) == .unknown)
    }

    @Test("a reason that is too long for a message is cut, and still a reason", arguments: ["x", "ü", "\u{1f600}"])
    func long(text: String) {
        let bytes = GateMessage.failed(String(repeating: text, count: 2000)).bytes
        #expect(bytes.count == 2 + 8 + 900)
        guard case .failed(let reason)? = GateMessage(bytes) else {
            Issue.record("it is no failure")
            return
        }
        #expect(reason.hasPrefix(String(repeating: text, count: 200)))
    }

    @Test("a reason is cut between characters, and one that is longer or no UTF-8 is no message")
    func reason() {
        let text = "x" + String(repeating: "ü", count: 2000)
        let cut = "x" + String(repeating: "ü", count: 449)
        #expect(GateMessage(GateMessage.failed(text).bytes) == .failed(cut))
        #expect(WorkerReport(WorkerReport.failed(text).bytes) == .failed(cut))
        var long = WireWriter()
        long.write(String(repeating: "x", count: 901))
        for fields in [[1, 0, 0, 0, 0, 0, 0, 0, 0xff], long.bytes] {
            #expect(GateMessage.read([0x46, 1] + fields) == .nonsense)
            #expect(WorkerReport.read([0x46, 1] + fields) == .nonsense)
        }
    }

    @Test(
        "any other bytes are no message",
        arguments: [
            [], [0], Array("BB".utf8), Array("b".utf8), Array("D".utf8), Array("D1234567".utf8),
            Array("D123456789".utf8), Array("KK".utf8), Array("X".utf8), Array("RR".utf8), Array("r".utf8),
            [0xff, 0xfe],
        ])
    func garbage(bytes: [UInt8]) {
        #expect(SupervisorMessage(bytes) == nil)
        #expect(GateMessage(bytes) == nil)
    }
}
