import Addresses
import Admission
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Gate

private let now: Int64 = 1000

struct RefusalsTests {
    private func perform(
        _ action: RefusalAction, _ refusals: inout Refusals, _ poller: PollSetDouble = PollSetDouble()
    ) throws -> Descriptor {
        let ends = try streamEnds()
        let near = try Descriptor.duplicate(of: ends.near.number)
        refusals.perform(action, on: near, poller, at: now)
        return ends.takeFar()
    }

    private func canSend(_ client: borrowing Descriptor) -> Bool {
        client.sendAtOnce([UInt8](repeating: 0, count: 50_000).span)
    }

    @Test("a connection that is closed reads its end, and leaves nothing to do")
    func close() throws {
        var refusals = Refusals(makeService())
        let client = try perform(.close, &refusals)
        let read = try readAll(client)
        let deadline = refusals.deadline
        #expect(read.isEmpty && deadline == nil)
    }

    @Test("a message is read to its end, and the socket stays until the peer has closed or the time is over")
    func message() throws {
        var refusals = Refusals(makeService())
        let poller = PollSetDouble()
        let client = try perform(.message("421 later\r\n"), &refusals, poller)
        let read = try readAll(client)
        #expect(text(read) == "421 later\r\n")
        let deadline = refusals.deadline
        #expect(deadline == now + Refusals.lingerNanoseconds)
        #expect(Array(poller.entries.values) == [.lingering(1)])
        refusals.tend(at: now + Refusals.lingerNanoseconds - 1)
        let still = refusals.deadline
        #expect(still != nil)
        refusals.tend(at: now + Refusals.lingerNanoseconds)
        let after = refusals.deadline
        #expect(after == nil)
    }

    @Test("a socket with a message that cannot be watched is closed at once")
    func unwatched() throws {
        var refusals = Refusals(makeService())
        let poller = PollSetDouble()
        poller.failure = .noMemory
        let client = try perform(.message("421 later\r\n"), &refusals, poller)
        _ = try readAll(client)
        let isOpen = canSend(client)
        #expect(!isOpen)
    }

    @Test("what a peer sends after its message is discarded")
    func input() throws {
        var refusals = Refusals(makeService())
        let client = try perform(.message("421 later\r\n"), &refusals)
        for _ in 0..<3 {
            let isOpen = canSend(client)
            #expect(isOpen)
            refusals.readInput(of: 1)
        }
        // It may be closed already when its descriptor is reported.
        refusals.readInput(of: 2)
        refusals.tend(at: now + Refusals.lingerNanoseconds)
        let isOpen = canSend(client)
        #expect(!isOpen)
    }

    @Test("a tarpit keeps its client for a minute")
    func tarpit() throws {
        var refusals = Refusals(makeService())
        let client = try perform(.tarpit, &refusals)
        let deadline = refusals.deadline
        #expect(deadline == now + Refusals.tarpitNanoseconds)
        #expect(client.peek() == .nothing)
        refusals.tend(at: now + Refusals.tarpitNanoseconds)
        #expect(client.peek() == .end)
    }

    @Test("the rule that decides may have an action of its own; a peer that has closed gets none")
    func actions() {
        let position = SourcePosition(file: "s.toml", line: 1, column: 1)
        let refusals = Refusals(
            makeService {
                $0.admission.refusal = .tarpit
                $0.access = [
                    AccessRule(verdict: .deny, subject: .all, refusal: .reset, position: position),
                    AccessRule(verdict: .deny, subject: .all, position: position),
                ]
            })
        let actions = [
            Refusal.plain(.drain), .accessRule(0), .accessRule(1), .plain(.noData), .proxyHeader(.cut),
            .proxyHeader(.late),
        ].map { refusals.action(of: $0) }
        #expect(actions == [.tarpit, .reset, .tarpit, .close, .close, .tarpit])
    }
}
