import LinuxSystem
import TestSupport
import Testing

struct SharedCountersTests {
    private func copy(of counters: SharedCounters) throws -> Descriptor {
        try duplicate(counters.descriptor.number)
    }

    @Test("what a fork counts is read here")
    func forked() async {
        await #expect(processExitsWith: .success) {
            let counters = try SharedCounters(count: 3, version: 1)
            let pid = try Processes.fork()
            if pid == 0 {
                counters.increment(2)
                counters[0] = 7
                Processes.exit(0)
            }
            #expect(ChildProcesses.status(of: pid) == 0)
            #expect([counters[0], counters[1], counters[2]] == [7, 0, 1])
        }
    }

    @Test("the memory is taken over by its descriptor, and both count in it")
    func adopted() throws {
        let former = try SharedCounters(count: 3, version: 5)
        former[1] = 9
        let next = try #require(SharedCounters(adopting: try copy(of: former), count: 3, version: 5))
        #expect(next[1] == 9)
        next.increment(1)
        #expect(former[1] == 10)
    }

    @Test("counters of another version or number, and other memory, are absent")
    func absent() throws {
        let former = try SharedCounters(count: 3, version: 5)
        #expect(SharedCounters(adopting: try copy(of: former), count: 3, version: 6) == nil)
        #expect(SharedCounters(adopting: try copy(of: former), count: 4, version: 5) == nil)
        #expect(SharedCounters(adopting: try copy(of: former), count: 2, version: 5) == nil)
        let sealed = try SharedBytes(sealing: [UInt8](repeating: 0, count: 32), name: "test")
        #expect(SharedCounters(adopting: try duplicate(sealed.descriptor.number), count: 3, version: 0) == nil)
        let directory = try TemporaryDirectory()
        let path = try directory.write("file", bytes: [UInt8](repeating: 0, count: 32))
        #expect(SharedCounters(adopting: try Files.openForWriting(path), count: 3, version: 0) == nil)
    }
}
