import Addresses
import LinuxSystem
import ProcessSetup
import ServiceModel
import Tables
import TestSupport
import Testing

@testable import Gate

/// Two listeners on the loopback, and the owner of copies of them.
private struct World: ~Copyable {
    let first: Listener
    let second: Listener
    let null: Descriptor
    var listeners: Listeners
    let poller = PollSetDouble()

    init(rate: Limit<Rate> = .unlimited) throws {
        let first = try Listener(.ip(.v4(0x7f00_0001), port: 0), options: SocketOptions())
        let second = try Listener(.ip(.v4(0x7f00_0001), port: 0), options: SocketOptions())
        let null = try Startup.openNull()
        listeners = Listeners(
            [
                .connections(.init(number: first.descriptor.number, bound: first.bound)),
                .connections(.init(number: second.descriptor.number, bound: second.bound)),
            ], rate: rate, null: null.number, reserve: try Descriptor.duplicate(of: null.number))
        self.first = first
        self.second = second
        self.null = null
    }
}

struct ListenersTests {
    @Test("a pause is the deadline, and accepting goes on after it")
    func pause() throws {
        var world = try World()
        let (before, mayStart) = (world.listeners.deadline, world.listeners.mayStart(at: 5))
        #expect(before == nil && mayStart)
        let isNew = world.listeners.pause(.lackOfResources, at: 5)
        let again = world.listeners.pause(.lackOfResources, at: 5)
        #expect(isNew && !again)
        let end = 5 + Throttle.shortNanoseconds
        let (deadline, isPaused) = (world.listeners.deadline, world.listeners.isPaused)
        #expect(deadline == end && isPaused)
        world.listeners.tend(at: end - 1)
        let stillPaused = world.listeners.isPaused
        #expect(stillPaused)
        world.listeners.tend(at: end)
        let (after, over) = (world.listeners.deadline, world.listeners.isPaused)
        #expect(after == nil && !over)
    }

    @Test("the rate of the service is a deadline until it lets the next connection in")
    func rate() throws {
        let rate = try #require(Rate(count: 1, period: 1_000_000_000, burst: 1))
        var world = try World(rate: .at(rate))
        world.listeners.takeRate(at: 10)
        let deadline = world.listeners.deadline
        #expect(deadline == 1_000_000_010)
        let (early, late) = (
            world.listeners.mayStart(at: 1_000_000_009), world.listeners.mayStart(at: 1_000_000_010)
        )
        #expect(!early && late)
        world.listeners.tend(at: 1_000_000_010)
        let after = world.listeners.deadline
        #expect(after == nil)
    }

    @Test("a queue flush on the network lasts until no handshake is under way and the queues are quiet")
    func flush() throws {
        var world = try World()
        let lack = try world.listeners.watch(in: world.poller)
        #expect(lack == nil)
        world.listeners.beginFlush(at: 7)
        // All clients of the loopback are on this machine, where a handshake takes no time.
        let (deadline, isFlushing) = (world.listeners.deadline, world.listeners.isFlushing)
        #expect(deadline == 7 && isFlushing)
        world.listeners.notePoll(sawAll: true)
        world.listeners.noteConnection()
        let busy = world.listeners.endFlush(isPastGrace: false, at: 7)
        world.listeners.notePoll(sawAll: false)
        let full = world.listeners.endFlush(isPastGrace: false, at: 7)
        world.listeners.notePoll(sawAll: true)
        let early = world.listeners.endFlush(isPastGrace: false, at: 6)
        let quiet = world.listeners.endFlush(isPastGrace: false, at: 7)
        let again = world.listeners.endFlush(isPastGrace: false, at: 8)
        #expect(!busy && !full && !early && quiet && !again)
        let after = world.listeners.deadline
        #expect(after == nil)
    }

    @Test("listeners that are not watched are not quiet, and wait for no deadline; the end of the grace ends the flush")
    func unwatchedFlush() throws {
        var world = try World()
        world.listeners.beginFlush(at: 7)
        world.listeners.notePoll(sawAll: true)
        let (deadline, quiet) = (
            world.listeners.deadline, world.listeners.endFlush(isPastGrace: false, at: 8)
        )
        let late = world.listeners.endFlush(isPastGrace: true, at: 8)
        #expect(deadline == nil && !quiet && late)
    }

    @Test(
        "when the kernel lacks memory for a listener, none is watched, and the next try succeeds",
        arguments: [Errno.noMemory, .noSpace], [0, 1])
    func lack(errno: Errno, successes: Int) throws {
        var world = try World()
        world.poller.failure = errno
        world.poller.successes = successes
        let lack = try world.listeners.watch(in: world.poller)
        let isWatched = world.listeners.isWatched
        #expect(lack?.errno == errno && !isWatched && world.poller.entries.isEmpty)
        world.poller.failure = nil
        let second = try world.listeners.watch(in: world.poller)
        let isWatchedNow = world.listeners.isWatched
        #expect(second == nil && isWatchedNow && world.poller.entries.count == 2)
        try world.listeners.unwatch(in: world.poller)
        #expect(world.poller.entries.isEmpty)
    }

    @Test("another failure of the poll set is a bug, and not a lack of resources")
    func bug() throws {
        var world = try World()
        world.poller.failure = .badDescriptor
        do throws(SystemError) {
            _ = try world.listeners.watch(in: world.poller)
            Issue.record("the failure was dropped")
        } catch {
            #expect(error.errno == .badDescriptor)
        }
    }

    @Test("a connection is accepted with the local address of its listener; the reserve gives one more")
    func accept() throws {
        var world = try World()
        let none = try world.listeners.accept(from: 0) == nil
        #expect(none)
        let client = try connected(to: world.first.bound)
        guard let connection = try world.listeners.accept(from: 0) else {
            Issue.record("no connection was accepted")
            return
        }
        let local = world.listeners.intakes[0].localAddress(of: connection.descriptor)
        #expect(local == world.first.bound)
        let another = try connected(to: world.first.bound)
        let withReserve = world.listeners.acceptByReserve(from: 0) != nil
        let withoutReserve = world.listeners.acceptByReserve(from: 0) == nil
        #expect(withReserve && withoutReserve)
        world.listeners.restoreReserve()
        _ = (client.number, another.number)
    }

    @Test("an episode of shortage ends with a start, but not with one that only the reserve made possible")
    func episode() throws {
        var world = try World()
        _ = world.listeners.pause(.lackOfResources, at: 1)
        world.listeners.giveUpReserve()
        world.listeners.noteCloned()
        let same = world.listeners.pause(.lackOfResources, at: 2)
        world.listeners.restoreReserve()
        world.listeners.noteCloned()
        let new = world.listeners.pause(.lackOfResources, at: 3)
        #expect(!same && new)
    }
}
