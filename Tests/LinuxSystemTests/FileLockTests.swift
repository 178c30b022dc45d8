import LinuxSystem
import TestSupport
import Testing

struct FileLockTests {
    @Test("a lock keeps every other process out, names its holder, and ends with it")
    func held() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let path = directory.path + "/lock"
            let own = Processes.ownPID
            func child(_ expected: FileLock.Failure?) throws -> Int32? {
                let pid = try Processes.fork()
                guard pid == 0 else { return ChildProcesses.status(of: pid) }
                do throws(FileLock.Failure) {
                    _ = try FileLock(path: path)
                    Processes.exit(expected == nil ? 0 : 1)
                } catch {
                    Processes.exit(error == expected ? 0 : 2)
                }
            }
            do {
                let lock = try FileLock(path: path)
                #expect(try child(.held(pid: own)) == 0)
                _ = consume lock
            }
            #expect(try child(nil) == 0)
            // The child that had it has ended.
            _ = try FileLock(path: path)
        }
    }

    @Test("a path that cannot be opened is the error of that, and a symbolic link is no lock")
    func unopened() throws {
        let directory = try TemporaryDirectory()
        let error = #expect(throws: FileLock.Failure.self) { _ = try FileLock(path: directory.path + "/none/lock") }
        #expect(error == .system(SystemError("open lock", .noEntry)))
        _ = try Commands.run(
            try OwnProgram(opening: "/bin/ln"), ["ln", "-s", "/dev/null", directory.path + "/link"], mostBytes: 0,
            withinNanoseconds: 10_000_000_000)
        #expect(throws: FileLock.Failure.self) { _ = try FileLock(path: directory.path + "/link") }
    }
}
