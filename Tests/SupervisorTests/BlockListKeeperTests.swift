import LinuxSystem
import TestSupport
import Testing

@testable import Supervisor

struct BlockListKeeperTests {
    @Test("a changed file is a new list; a broken one is kept, with its faults, until it is read without")
    func reading() throws {
        let directory = try TemporaryDirectory()
        let path = try directory.write("list", "192.0.2.0/24\n")
        var keeper = try BlockListKeeper(path: path)
        guard case .unchanged = keeper.readAgain() else { return failed("unchanged") }
        _ = try directory.write("list", "192.0.2.0/24\n198.51.100.1\n")
        guard case .changed(2) = keeper.readAgain() else { return failed("changed") }
        _ = try directory.write("list", "nonsense\n")
        guard case .kept = keeper.readAgain() else { return failed("kept") }
        let (broken, count) = (keeper.faults.count, keeper.file.entryCount)
        #expect(broken == 1 && count == 2)
        _ = try directory.write("list", "192.0.2.0/24\n198.51.100.1\n")
        guard case .unchanged = keeper.readAgain() else { return failed("mended") }
        let faults = keeper.faults.count
        #expect(faults == 0)
    }

    @Test("another file that cannot be read leaves the list in force; without a file there is nothing to watch")
    func replaced() throws {
        let directory = try TemporaryDirectory()
        var keeper = try BlockListKeeper(path: try directory.write("list", "192.0.2.0/24\n"))
        do {
            try keeper.replace(directory.path + "/none")
            failed("replaced")
        } catch {
            let count = keeper.file.entryCount
            #expect(count == 1)
        }
        try keeper.replace(nil)
        var poller = try Poller()
        #expect(keeper.watch(&poller) == nil)
        let path = keeper.file.path
        #expect(path == nil)
    }

    private func failed(_ what: Comment) { Issue.record(what) }
}
