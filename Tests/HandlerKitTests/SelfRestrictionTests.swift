// The system calls that a restricted handler may make, and some that kill it.
import CHandler
import Glibc
import Testing

@testable import HandlerKit

struct SelfRestrictionTests {
    @Test("a process restricted to streams can read, write, wait, read the clock, allocate memory and exit")
    func allowed() async {
        await #expect(processExitsWith: .exitCode(3)) {
            let pair = SocketPair(SOCK_STREAM)
            pair.peers.send([Array("Hello\n".utf8)])
            var connection = Connection(input: pair.ours.number, output: pair.ours.number)
            SelfRestriction.apply(.streams)
            let before = chandler_monotonic_nanoseconds()
            do throws(ConnectionError) {
                guard case .line(let line)? = try connection.nextLine() else { chandler_exit(4) }
                try connection.write(line.text)
                try connection.flush()
                connection.idleLimit = .seconds(1)
                try connection.write("!")
                try connection.flush()
                if chandler_wait(pair.ours.number, Int32(CHANDLER_READABLE), 1_000_000) != 0 { chandler_exit(5) }
            } catch {
                chandler_exit(6)
            }
            let memory = unsafe mmap(nil, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
            if unsafe memory == MAP_FAILED || chandler_monotonic_nanoseconds() < before { chandler_exit(7) }
            if pair.peers.receive() != Array("Hello!".utf8) { chandler_exit(8) }
            chandler_exit(3)
        }
    }

    @Test("any other system call kills the process")
    func refused() async {
        await #expect(processExitsWith: .signal(SIGSYS)) {
            SelfRestriction.apply(.streams)
            _ = unsafe open("/dev/null", O_RDONLY)
        }
        await #expect(processExitsWith: .signal(SIGSYS)) {
            SelfRestriction.apply(.streams)
            _ = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        }
        await #expect(processExitsWith: .signal(SIGSYS)) {
            SelfRestriction.apply(.streams)
            _ = kill(getppid(), 0)
        }
        // send(2) is sendto without an address; with an address it does not send on an open stream.
        await #expect(processExitsWith: .signal(SIGSYS)) {
            let pair = SocketPair(SOCK_STREAM)
            SelfRestriction.apply(.streams)
            var address = sockaddr()
            _ = unsafe sendto(pair.ours.number, &address, 1, 0, &address, socklen_t(MemoryLayout<sockaddr>.size))
        }
        await #expect(processExitsWith: .signal(SIGSYS)) {
            SelfRestriction.apply(.streams)
            let flags = MAP_PRIVATE | MAP_ANONYMOUS
            _ = unsafe mmap(nil, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, flags, -1, 0)
        }
        await #expect(processExitsWith: .signal(SIGSYS)) {
            let null = unsafe open("/dev/zero", O_RDONLY)
            SelfRestriction.apply(.streams)
            _ = unsafe mmap(nil, 4096, PROT_READ, MAP_PRIVATE, null, 0)
        }
    }
}
