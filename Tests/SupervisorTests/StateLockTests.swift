import HostDefinition
import LinuxSystem
import TestSupport
import Testing

@testable import Supervisor

struct StateLockTests {
    private func remove(_ path: String) throws {
        let result = try Commands.run(
            try OwnProgram(opening: "/bin/rm"), ["rm", "-r", path], mostBytes: 0, withinNanoseconds: 10_000_000_000)
        #expect(result.end == .exited(status: 0))
    }

    @Test("a lock whose file was removed, alone or with its directory, is made again")
    func renewed() throws {
        let directory = try TemporaryDirectory()
        let state = directory.path + "/state"
        var lock = try StateLock(state)
        #expect(lock.renew() == nil)
        try remove(state + "/lock")
        #expect(lock.renew() == nil)
        #expect(Files.exists(state + "/lock"))
        try remove(state)
        #expect(lock.renew() == nil)
        #expect(Files.exists(state + "/lock"))
    }

    @Test("a directory that cannot be made is no lock, and that is said")
    func unwritable() throws {
        let directory = try TemporaryDirectory()
        let state = try directory.write("state", bytes: [])
        var lock = try StateLock(state)
        let failure = lock.failure
        #expect(failure?.errno.name == "ENOTDIR" || failure?.errno.name == "EEXIST")
        #expect(lock.renew() != nil)
        try remove(state)
        #expect(lock.renew() == nil)
    }
}
