// Orders of the supervisor that it never gives, to a gate and to the resolver. These trust it: an order with the wrong
// descriptors may end them by an error, which the log has. It may not make them trap, and the supervisor starts others.
// Not here: memory with other bytes than those of a block list or of bans, and memory that shrinks after it was mapped
// (SIGBUS). The supervisor builds the tables, seals the memory before it passes it on, and passes none of others.
import Foundation
import Glibc
import Messages
import Testing

// Glibc's module has neither.
private let epollCreate = unsafeBitCast(dlsym(nil, "epoll_create1"), to: (@convention(c) (Int32) -> Int32).self)
private let memfdCreate = unsafeBitCast(
    dlsym(nil, "memfd_create"), to: (@convention(c) (UnsafePointer<CChar>, UInt32) -> Int32).self)

/// Descriptors that no order passes.
private final class StrangeDescriptors {
    let byName: [(name: String, numbers: [Int32])]
    private let all: [Int32]

    init() {
        var pipe: [Int32] = [-1, -1]
        _ = Glibc.pipe(&pipe)
        for end in pipe { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        let null = open("/dev/null", O_RDWR | O_CLOEXEC)
        let memory = memfdCreate("empty", 1)
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        _ = listen(listener, 1)
        let epoll = epollCreate(O_CLOEXEC)
        all = pipe + [null, memory, listener, epoll]
        byName = [
            ("none", []), ("pipe", pipe), ("reversed", pipe.reversed()), ("reader", [pipe[0]]), ("writer", [pipe[1]]),
            ("null", [null, null]), ("memory", [memory, memory]), ("listener", [listener, listener]),
            ("epoll", [epoll, epoll]), ("three", pipe + [null]),
        ]
        precondition(all.allSatisfy { $0 >= 0 }, "errno \(errno)")
    }

    deinit { for number in all { close(number) } }
}

extension EndToEndTests {
    @Suite("Hostile orders", .enabled(if: isRoot, "copies of others' descriptors need root"))
    struct HostileOrdersTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"
        private let listed = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\ndnsbl = [\"bl.test deny\"]\n"

        private func orders(to child: Int32, _ supervised: Supervised) throws -> ForgedMessages {
            try ForgedMessages(from: supervised.pid, to: child)
        }

        /// The pid of the resolver, which is the last of so many.
        private func resolver(_ supervised: Supervised, count: Int = 1) throws -> Int32 {
            try #require(try supervised.log.wait(for: "resolver_ready", count: count)["pid"].flatMap { Int32($0) })
        }

        @Test("a gate and the resolver ignore orders of unknown kinds, log the first, and close what came with them")
        func unknownKinds() throws {
            try fuzz { seed in
                let supervised = try Supervised(
                    services: ["a": listed], host: "nameservers = [\"127.0.0.1:9\"]\n")
                let (gate, resolver) = try (supervised.gate("a"), resolver(supervised))
                let (toGate, toResolver) = try (orders(to: gate, supervised), orders(to: resolver, supervised))
                // The gate has asked the resolver, so each has all its descriptors.
                #expect(try exchange(port: supervised.port("a"), "x\n") == "x\n", "seed \(seed)")
                let before = [gate, resolver].map { descriptors(of: $0).count }
                var forGate = HostileMessages(seed: seed, from: RealMessages.ofSupervisor)
                var forResolver = HostileMessages(seed: seed, from: RealMessages.toResolver)
                let strange = StrangeDescriptors()
                for number in 0..<1500 {
                    let numbers = strange.byName[number % strange.byName.count].numbers
                    try toGate.send(forGate.next { !$0.isMessage }, passing: numbers)
                    try toResolver.send(forResolver.next { !$0.isMessage }, passing: numbers)
                }
                // More than a receiver takes of one message.
                for orders in [toGate, toResolver] { try orders.send([UInt8](repeating: 0x5a, count: 8192)) }
                try wait { toGate.isEmpty && toResolver.isEmpty }
                #expect(try exchange(port: supervised.port("a"), "x\n") == "x\n", "seed \(seed)")
                try wait { [gate, resolver].map { descriptors(of: $0).count } == before }
                for key in ["a", nil] {
                    let count = supervised.log.all.count {
                        $0.event == "unknown_message" && $0["from"] == "supervisor" && $0["service"] == key
                    }
                    #expect(count == 1, "seed \(seed)")
                }
                #expect(isAlive(gate) && isAlive(resolver), "seed \(seed)")
                #expect(supervised.stop() == 0, "seed \(seed)")
                supervised.expectNoTrap("seed \(seed)")
            }
        }

        @Test(
            "a gate that gets an order with wrong descriptors goes on, or ends by an error in the log, and is restarted"
        )
        func wrongDescriptors() throws {
            let strange = StrangeDescriptors()
            let kinds: [(name: String, order: SupervisorMessage)] = [
                ("list", .blockList), ("bans", .bans), ("resolver", .resolver), ("flush", .queueFlush),
            ]
            let names = kinds.flatMap { kind in strange.byName.map { "\(kind.name)-\($0.name)" } }
            let services = Dictionary(uniqueKeysWithValues: (names + ["other"]).map { ($0, echo) })
            let supervised = try Supervised(services: services)
            let other = try supervised.gate("other")
            for kind in kinds {
                for (name, numbers) in strange.byName {
                    let service = "\(kind.name)-\(name)"
                    let gate = try supervised.gate(service)
                    let orders = try orders(to: gate, supervised)
                    try orders.send(kind.order.bytes, passing: numbers)
                    try wait { !isAlive(gate) || orders.isEmpty }
                }
            }
            for service in names {
                // Also where the gate has ended, the socket waits for the next one.
                #expect(try exchange(port: supervised.port(service), "x\n") == "x\n", "\(service)")
            }
            for died in supervised.log.all where died.event == "gate_died" {
                #expect(died["status"] == "1", "\(died)")
                #expect(supervised.log.all.contains { $0.event == "gate_fault" && $0["service"] == died["service"] })
            }
            #expect(try exchange(port: supervised.port("other"), "x\n") == "x\n")
            #expect(isAlive(other))
            supervised.expectNoTrap()
            #expect(supervised.stop() == 0)
        }

        @Test("a message without bytes is the end of the channel: the gate drains and ends, and is restarted")
        func noBytes() throws {
            let supervised = try Supervised(services: ["a": echo])
            try orders(to: supervised.gate("a"), supervised).send([])
            #expect(try supervised.log.wait(for: "gate_died")["status"] == "0")
            _ = try supervised.log.wait(for: "ready", count: 2)
            #expect(try exchange(port: supervised.port("a"), "x\n") == "x\n")
        }

        @Test("a resolver that gets orders in the wrong order or with wrong descriptors goes on, or is replaced")
        func wrongOrdersOfResolver() throws {
            let strange = StrangeDescriptors()
            let supervised = try Supervised(services: ["a": listed], host: "nameservers = [\"127.0.0.1:9\"]\n")
            var (resolvers, pid) = (1, try resolver(supervised))
            for numbers in strange.byName.map(\.numbers) {
                let orders = try orders(to: pid, supervised)
                for order in [ResolverOrder.list(""), .gate, .list("bl.test"), .list("\0/..")] {
                    try orders.send(order.bytes, passing: numbers)
                }
                try wait { !isAlive(pid) || orders.isEmpty }
                if supervised.log.all.count(where: { $0.event == "resolver_fault" }) == resolvers {
                    resolvers += 1
                    pid = try resolver(supervised, count: resolvers)
                }
                #expect(try exchange(port: supervised.port("a"), "x\n") == "x\n")
            }
            for died in supervised.log.all where died.event == "resolver_died" { #expect(died["status"] == "1") }
            supervised.expectNoTrap()
            #expect(supervised.stop() == 0)
        }

        @Test("in a flood of real orders a gate answers clients, and takes no more memory and no more descriptors")
        func flood() throws {
            let supervised = try Supervised(services: ["a": echo])
            let gate = try supervised.gate("a")
            let orders = try orders(to: gate, supervised)
            let before = descriptors(of: gate).count
            // The memory that the supervisor has for its gates.
            let memory = try ["bans", "block"].compactMap { name in
                try ForeignDescriptor.all(of: supervised.pid).first { $0.target.hasPrefix("/memfd:\(name)") }
                    .map { try DescriptorCopy($0) }
            }
            #expect(memory.count == 2)
            let limits = FloodLimits(supervised, processes: [supervised.pid, gate])
            try fuzz { seed in
                var messages = HostileMessages(seed: seed, from: RealMessages.ofSupervisor)
                let contents = (0..<64).map { _ in
                    messages.next { if case .message(.sourceStatus) = $0 { true } else { !$0.isMessage } }
                }
                let bans = (SupervisorMessage.bans.bytes, [memory[0].number])
                let list = (SupervisorMessage.blockList.bytes, [memory[1].number])
                var all = contents.map { ($0, [Int32]()) }
                for place in stride(from: 0, to: all.count, by: 8) { all.insert(contentsOf: [bans, list], at: place) }
                var index = 0
                let sender = {
                    index = (index + 1) % all.count
                    return try orders.send(all[index].0, passing: all[index].1)
                }
                try limits.expect(in: [sender], "seed \(seed)") {
                    try exchange(port: supervised.port("a"), "x\n") == "x\n"
                }
            }
            try wait { descriptors(of: gate).count == before }
            #expect(isAlive(gate))
            supervised.expectNoTrap()
            #expect(supervised.stop() == 0)
        }
    }
}

extension MessageReading {
    fileprivate var isMessage: Bool { if case .message = self { true } else { false } }
}
