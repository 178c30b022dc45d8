import LinuxSystem
import TestSupport
import Testing

struct FileWatchTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private var path: String { "\(directory.path)/list" }

    @Test("a file that is written, replaced, moved away, deleted or made is noticed, each time once")
    func changes() throws {
        let watch = try FileWatch(path: path)
        #expect(try !watch.hasChanged())
        let acts: [() throws -> Void] = [
            { try directory.write("list", "made") }, { try directory.write("list", "written") },
            { try Files.replace(path, with: "replaced", mode: 0o644) }, { rename(path, path + ".old") },
            { rename(path + ".old", path) }, { try Files.remove(path) },
        ]
        for (index, act) in acts.enumerated() {
            try act()
            #expect(try watch.notices(), "act \(index)")
            #expect(try !watch.hasChanged(), "act \(index)")
        }
    }

    @Test("changes of other files in the directory are not noticed")
    func others() throws {
        let watch = try FileWatch(path: path)
        try directory.write("list2", "")
        try directory.write("lis", "")
        try directory.write(".list", "")
        try Files.remove("\(directory.path)/lis")
        #expect(try !watch.hasChanged())
    }

    @Test("a change is found after any number of changes of other files")
    func many() throws {
        let watch = try FileWatch(path: path)
        for index in 0..<300 { try directory.write("a rather long name that fills the buffer \(index)", "") }
        try directory.write("list", "")
        for index in 0..<300 { try directory.write("a rather long name that fills the buffer \(index)", "") }
        #expect(try watch.notices())
        #expect(try !watch.hasChanged())
    }

    @Test("a watch is readable for a poller after a change")
    func poller() throws {
        let watch = try FileWatch(path: path)
        var poller = try Poller()
        try poller.add(watch.number, token: 1)
        #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
        try directory.write("list", "")
        #expect(try poller.wait(timeoutNanoseconds: 10_000_000_000) == 1)
        _ = try watch.hasChanged()
        #expect(try poller.wait(timeoutNanoseconds: 0) == 0)
    }

    @Test("a directory that does not exist cannot be watched")
    func nowhere() {
        #expect(throws: SystemError("inotify", .noEntry)) { _ = try FileWatch(path: "\(directory.path)/none/list") }
    }
}
