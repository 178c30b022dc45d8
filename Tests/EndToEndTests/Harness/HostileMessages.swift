// Messages that no program of ours sends, and real ones: the same for each seed.
import Addresses
import DNS
import Foundation
import Messages
import ServiceModel
import TestSupport

/// Makes hostile messages of one direction of a channel from real ones.
struct HostileMessages<Message: ChannelMessage> {
    private var random: SeededGenerator
    private var mutations: Mutations
    private let real: [[UInt8]]

    /// What a frame takes.
    private static var most: Int { 4094 }

    /// - Parameter real: one or more of each kind.
    init(seed: UInt64, from real: [Message]) {
        random = SeededGenerator(seed: seed)
        mutations = Mutations(seed: seed)
        self.real = real.map(\.bytes)
    }

    private mutating func noise() -> [UInt8] {
        (0..<Int.random(in: 1...Self.most, using: &random)).map { _ in .random(in: 0...255, using: &random) }
    }

    /// A real message with several changes.
    private mutating func mutation() -> [UInt8] {
        var bytes = mutations.changed(real.randomElement(using: &random)!)
        switch Int.random(in: 0..<8, using: &random) {
        case 0 where !bytes.isEmpty: bytes[0] = .random(in: 0...255, using: &random)
        case 1 where bytes.count > 1: bytes[1] = .random(in: 0...255, using: &random)
        case 2: bytes += noise().prefix(Int.random(in: 1...64, using: &random))
        default: break
        }
        return bytes.isEmpty ? [0] : Array(bytes.prefix(Self.most))
    }

    /// Random or changed bytes of which the receiver says this.
    mutating func next(where isWanted: (MessageReading<Message>) -> Bool) -> [UInt8] {
        while true {
            let bytes = Int.random(in: 0..<8, using: &random) == 0 ? noise() : mutation()
            if isWanted(Message.read(bytes)) { return bytes }
        }
    }

    /// A message of a kind or a version that its receiver does not know.
    mutating func unknown() -> [UInt8] { next { $0 == .unknown } }

    /// A message of a known kind with fields that it does not have.
    mutating func nonsense() -> [UInt8] { next { $0 == .nonsense } }
}

/// Real messages, at least one of each kind.
enum RealMessages {
    private static let prefix = IPPrefix(of: .v4(0xc633_6407), length: 32)
    private static let prefix6 = IPPrefix(of: .v6(0x2001_0db8 << 96), length: 64)

    static var ofGate: [GateMessage] {
        var status = SourceStatus()
        status.connections = 3
        status.rateWait = .milliseconds(1500)
        status.turnWait = .seconds(2)
        status.points = 5
        status.lists = .denied(rule: 1)
        status.matches = 3
        status.checks = .refused(check: 0)
        return [
            .ready, .failed("it cannot serve"), .offence(prefix, .sensor),
            .offence(prefix6, .penalties(Penalties.Cause.allCases[0])),
            .hits([BanHit(prefix: prefix, count: 1), BanHit(prefix: prefix6, count: .max)]),
            .sourceStatus(1, SourceStatus()), .sourceStatus(1, status),
        ]
    }

    static let ofSupervisor: [SupervisorMessage] = [
        .blockList, .bans, .resolver, .sourceStatus(1, .address(.v4(0x7f00_0001))), .sourceStatus(2, .user(7)),
        .sourceStatus(3, .address(.v6(1))), .queueFlush, .drain(graceNanoseconds: nil),
        .drain(graceNanoseconds: 1_000_000_000), .kill,
    ]

    static let toResolver: [ResolverOrder] = [.gate, .list("bl.test"), .list("")]
    static let ofResolver: [WorkerReport] = [.ready, .failed("it cannot serve")]

    static let requests = [
        ListRequest(list: 0, address: .v4(0xc633_6407)), ListRequest(list: 1, address: .v6(0x2001_0db8 << 96)),
    ]

    static let replies: [ListReply] = requests.flatMap { request in
        [ListAnswer.Word.unknown, .notListed, .listed([.v4(0x7f00_0002), .v4(0x7f00_0004)])].map {
            ListReply(to: request, ListAnswer($0, seconds: 60))
        }
    }
}

/// Plays a round with each seed: one round, or as many as DOORWARD_FUZZ_SECONDS has time for.
func fuzz(_ round: (UInt64) throws -> Void) throws {
    let seconds = ProcessInfo.processInfo.environment["DOORWARD_FUZZ_SECONDS"].flatMap { Double($0) } ?? 0
    let end = Date(timeIntervalSinceNow: seconds)
    var seed: UInt64 = 0
    repeat {
        seed += 1
        do {
            try round(seed)
        } catch {
            throw HarnessError("seed \(seed): \(error)")
        }
    } while Date() < end
}
