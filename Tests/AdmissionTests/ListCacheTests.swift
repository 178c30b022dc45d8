import Addresses
import DNS
import ServiceModel
import Testing

@testable import Admission

private let listedAddress = IPAddress.v4(0xc000_0201)
private let second: Int64 = 1_000_000_000

/// A cache in a class, because an expectation cannot hold a noncopyable value.
private final class Cache {
    private var cache: ListCache

    /// Rules as they are written in a file.
    init(_ texts: String...) throws {
        cache = ListCache(rules: try texts.map { try DNSBLRule($0) }, answersPerFamily: 64)
    }

    var lists: [String] { cache.lists }
    var forgotten: UInt64 { cache.forgotten }

    func learn(
        _ word: ListAnswer.Word, from list: Int, for address: IPAddress = listedAddress, seconds: UInt32 = 60,
        at now: Int64 = 0
    ) {
        cache.learn(
            ListReply(to: ListRequest(list: list, address: address), ListAnswer(word, seconds: seconds)), at: now)
    }

    func knowledge(of address: IPAddress = listedAddress, at now: Int64 = 0) -> ListKnowledge {
        cache.knowledge(of: address, at: now)
    }

    func verdict() -> ListVerdict { cache.verdict(on: listedAddress, at: 0) }
}

extension ListAnswer.Word {
    static func listed(_ last: UInt32...) -> Self { .listed(last.map { .v4(0x7f00_0000 + $0) }) }
}

extension ListVerdict {
    init(_ outcome: Outcome = .none, matches: UInt32 = 0, unknown: UInt32 = 0) {
        self.init()
        self.outcome = outcome
        self.matches = matches
        self.unknown = unknown
    }
}

struct ListCacheTests {
    @Test("an unknown address is asked about once at each list, however many rules name the list")
    func nothingKnown() throws {
        let cache = try Cache("a=127.0.0.2 deny", "b allow", "a=127.0.0.3 A=1")
        #expect(cache.lists == ["a", "b"])
        #expect(cache.knowledge() == .ask(lists: 0b11))
        #expect(cache.verdict() == ListVerdict(unknown: 0b11))
    }

    @Test("without rules every address is known")
    func noRules() throws {
        let cache = try Cache()
        #expect(cache.knowledge() == .known(ListVerdict()))
    }

    @Test("an answer counts for the rules that want it")
    func results() throws {
        let cache = try Cache("a=127.0.0.2 deny", "a=127.0.0.3,127.0.0.4 A=1", "a B=1")
        cache.learn(.listed(3, 9), from: 0)
        #expect(cache.knowledge() == .known(ListVerdict(matches: 0b110)))
        cache.learn(.listed(9), from: 0)
        #expect(cache.knowledge() == .known(ListVerdict(matches: 0b100)))
        cache.learn(.listed(9, 2), from: 0)
        #expect(cache.knowledge() == .known(ListVerdict(.deny(rule: 0))))
        cache.learn(.notListed, from: 0)
        #expect(cache.knowledge() == .known(ListVerdict()))
    }

    @Test("the first rule that decides is the last: lists of later rules are not asked")
    func order() throws {
        let cache = try Cache("a allow A=1", "b deny", "c deny")
        cache.learn(.listed(2), from: 0)
        #expect(cache.knowledge() == .known(ListVerdict(.allow(rule: 0), matches: 1)))
        cache.learn(.notListed, from: 0)
        #expect(cache.knowledge() == .ask(lists: 0b110))
        cache.learn(.listed(2), from: 1)
        #expect(cache.knowledge() == .known(ListVerdict(.deny(rule: 1))))
    }

    @Test("a denied address does not wait for an earlier list, unless that one may allow it")
    func denied() throws {
        let cache = try Cache("a deny", "b B=1", "c deny")
        cache.learn(.listed(2), from: 2)
        #expect(cache.knowledge() == .known(ListVerdict(.deny(rule: 2))))
        let other = try Cache("a deny", "b allow", "c deny")
        other.learn(.listed(2), from: 2)
        #expect(other.knowledge() == .ask(lists: 0b011))
        other.learn(.notListed, from: 1)
        #expect(other.knowledge() == .known(ListVerdict(.deny(rule: 2))))
    }

    @Test("a list that does not answer decides nothing, so the address comes in")
    func unknown() throws {
        let cache = try Cache("a deny", "b deny")
        cache.learn(.unknown, from: 0, seconds: 10)
        #expect(cache.knowledge() == .ask(lists: 0b10))
        cache.learn(.notListed, from: 1)
        #expect(cache.knowledge() == .known(ListVerdict(unknown: 0b01)))
        #expect(cache.knowledge(of: listedAddress, at: 10 * second) == .ask(lists: 0b01))
    }

    @Test("when the time to wait is over, the lists that have answered decide")
    func deadline() throws {
        let cache = try Cache("a allow", "b deny")
        cache.learn(.listed(2), from: 1)
        #expect(cache.verdict() == ListVerdict(.deny(rule: 1), unknown: 0b01))
    }

    @Test("an answer holds for its own time, and no longer")
    func time() throws {
        let cache = try Cache("a deny")
        cache.learn(.listed(2), from: 0, seconds: 60, at: 5 * second)
        #expect(cache.knowledge(of: listedAddress, at: 65 * second - 1) == .known(ListVerdict(.deny(rule: 0))))
        #expect(cache.knowledge(of: listedAddress, at: 65 * second) == .ask(lists: 1))
    }

    @Test("addresses are told apart, of both families")
    func addresses() throws {
        let cache = try Cache("a deny")
        cache.learn(.listed(2), from: 0, for: .v6(7))
        cache.learn(.notListed, from: 0, for: .v4(7))
        #expect(cache.knowledge(of: .v6(7)) == .known(ListVerdict(.deny(rule: 0))))
        #expect(cache.knowledge(of: .v4(7)) == .known(ListVerdict()))
        #expect(cache.knowledge(of: .v6(8)) == .ask(lists: 1))
    }

    @Test("an answer about a list that does not exist is dropped")
    func strangeList() throws {
        let cache = try Cache("a deny")
        for list in [-1, 1, .max, .min] { cache.learn(.listed(2), from: list) }
        #expect(cache.knowledge() == .ask(lists: 1))
    }

    @Test("many addresses make the cache forget, not grow; the latest is always there")
    func manyAddresses() throws {
        let cache = try Cache("a deny")
        for bits in 0..<10_000 as Range<UInt32> {
            cache.learn(.listed(2), from: 0, for: .v4(bits))
            #expect(cache.knowledge(of: .v4(bits), at: 0) == .known(ListVerdict(.deny(rule: 0))))
        }
        let forgotten = cache.forgotten
        #expect(forgotten >= 10_000 - 64)
    }
}
