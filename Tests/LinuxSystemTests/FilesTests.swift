import Addresses
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

struct FilesTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test("a file is read whole up to the bound, and a longer one fails", arguments: [0, 1, 65536, 65537, 200_000])
    func bound(size: Int) throws {
        let path = try directory.write("f", String(repeating: "x", count: size))
        #expect(try Files.read(path, most: size).count == size)
        #expect(try Files.read(path, most: size + 1).count == size)
        if size > 0 {
            let error = #expect(throws: SystemError.self) { try Files.read(path, most: size - 1) }
            #expect(error?.errno.name == "EFBIG")
        }
    }

    @Test("a file of unknown size is read too")
    func procFile() throws {
        #expect(text(try Files.read("/proc/self/status", most: 1 << 16)).contains("Pid:"))
    }

    @Test(
        "a file that cannot be read is an error with its reason",
        arguments: [("nothing", "ENOENT"), (".", "EISDIR"), ("f/x", "ENOTDIR")])
    func unreadable(name: String, errno: String) throws {
        try directory.write("f", "")
        let error = #expect(throws: SystemError.self) { try Files.read("\(directory.path)/\(name)", most: 10) }
        #expect(error?.errno.name == errno)
    }

    @Test("a named pipe without a writer does not delay a read")
    func fifo() throws {
        makeFIFO("\(directory.path)/fifo")
        #expect(try Files.read("\(directory.path)/fifo", most: 10) == [])
    }

    @Test("names are sorted, hidden ones among them, without `.` and `..`")
    func names() throws {
        #expect(try Files.names(in: directory.path) == [])
        for name in ["b", "a", ".hidden", "B", "a.toml"] { try directory.write(name, "") }
        #expect(try Files.names(in: directory.path) == [".hidden", "B", "a", "a.toml", "b"])
        let error = #expect(throws: SystemError.self) { try Files.names(in: "\(directory.path)/a") }
        #expect(error?.errno.name == "ENOTDIR")
    }

    @Test("only a socket is a socket, and a symbolic link to one is not")
    func isSocket() throws {
        let path = "\(directory.path)/s"
        #expect(try Files.isSocket(path) == nil)
        let listener = try Listener(.unix(path: path), options: SocketOptions())
        makeLink("\(directory.path)/l", to: path)
        #expect(try Files.isSocket(path) == true)
        #expect(try Files.isSocket("\(directory.path)/l") == false)
        #expect(try Files.isSocket(try directory.write("f", "")) == false)
        #expect(try Files.isSocket(directory.path) == false)
        _ = listener
    }

    @Test("a file that cannot be executed has a reason")
    func executionProblem() throws {
        #expect(Files.executionProblem("/bin/sh") == nil)
        #expect(Files.executionProblem("\(directory.path)/nothing") == .noEntry)
        #expect(Files.executionProblem(directory.path) == .isDirectory)
        #expect(Files.executionProblem(try directory.write("plain", "")) == .access)
        #expect(Files.executionProblem(try directory.write("run", "", mode: 0o755)) == nil)
        #expect(Files.executionProblem("/dev/null") == .invalid)
    }

    @Test("a look-up follows symbolic links, and a slash at the end of a path asks for a directory")
    func lookupProblem() throws {
        let path = try directory.write("f", "")
        makeLink("\(directory.path)/l", to: path)
        makeLink("\(directory.path)/dangling", to: "\(directory.path)/nothing")
        #expect(Files.lookupProblem(path) == nil)
        #expect(Files.lookupProblem("\(directory.path)/l") == nil)
        #expect(Files.lookupProblem("\(directory.path)/") == nil)
        #expect(Files.lookupProblem("\(directory.path)/dangling") == .noEntry)
        #expect(Files.lookupProblem("\(path)/") == .notDirectory)
    }

    @Test("making a directory that exists is no error")
    func makeDirectory() throws {
        let path = "\(directory.path)/d"
        try Files.makeDirectory(path, mode: 0o711)
        try Files.makeDirectory(path, mode: 0o711)
        #expect(try TemporaryDirectory.mode(of: path) == 0o711)
        #expect(throws: SystemError("mkdir", .noEntry)) { try Files.makeDirectory("\(path)/e/f", mode: 0o711) }
    }

    @Test("a file is replaced in one step, whatever an earlier crash left over")
    func replace() throws {
        let path = "\(directory.path)/users"
        try Files.replace(path, with: "one\n", mode: 0o600)
        #expect(text(try Files.read(path, most: 100)) == "one\n")
        #expect(try TemporaryDirectory.mode(of: path) == 0o600)
        try directory.write("users.new", "half of some")
        try Files.replace(path, with: "two\n", mode: 0o600)
        #expect(text(try Files.read(path, most: 100)) == "two\n")
        #expect(try Files.names(in: directory.path) == ["users"])
    }

    @Test("a reader that opened a file before its replacement keeps the old bytes")
    func replaceUnderReader() throws {
        let path = try directory.write("f", "old")
        let watch = try FileWatch(path: path)
        try Files.replace(path, with: "new", mode: 0o644)
        #expect(try watch.notices())
        #expect(text(try Files.read(path, most: 3)) == "new")
    }

    @Test("a replacement that fails leaves the old file")
    func replaceFails() throws {
        let path = try directory.write("f", "old")
        try Files.makeDirectory("\(directory.path)/f.new", mode: 0o700)
        #expect(throws: SystemError.self) { try Files.replace(path, with: "new", mode: 0o644) }
        #expect(text(try Files.read(path, most: 3)) == "old")
        #expect(throws: SystemError.self) {
            try Files.replace("\(directory.path)/nowhere/f", with: "new", mode: 0o644)
        }
    }

    @Test("a symbolic link in place of the new file is not followed")
    func replaceFollowsNoLink() throws {
        let victim = try directory.write("victim", "safe")
        makeLink("\(directory.path)/f.new", to: victim)
        try Files.replace("\(directory.path)/f", with: "new", mode: 0o644)
        #expect(text(try Files.read(victim, most: 10)) == "safe")
    }

    @Test(
        "the head of a file has the wanted length, and is shorter only for a shorter file",
        arguments: [(0, 10), (9, 10), (10, 10), (11, 10), (200_000, 150_000), (5, 0)])
    func head(size: Int, length: Int) throws {
        let bytes = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let path = try directory.write("f", bytes: bytes)
        #expect(try Files.head(of: path, length: length) == Array(bytes.prefix(length)))
    }

    @Test("the head of a file that cannot be read is an error, and a pipe without a writer has an empty one")
    func noHead() throws {
        let error = #expect(throws: SystemError.self) { try Files.head(of: directory.path, length: 4) }
        #expect(error?.errno == .isDirectory)
        #expect(throws: SystemError("open", .noEntry)) { try Files.head(of: "\(directory.path)/none", length: 4) }
        makeFIFO("\(directory.path)/fifo")
        #expect(try Files.head(of: "\(directory.path)/fifo", length: 4) == [])
    }

    @Test("the path of a descriptor has no symbolic links, and follows a rename")
    func pathOfDescriptor() throws {
        try directory.write("f", "")
        makeLink("\(directory.path)/l", to: "f")
        let file = try Files.openForWriting("\(directory.path)/l")
        #expect(try Files.path(of: file.number) == "\(directory.path)/f")
        rename("\(directory.path)/f", "\(directory.path)/g")
        #expect(try Files.path(of: file.number) == "\(directory.path)/g")
    }

    @Test("a long path is returned whole")
    func longPath() throws {
        var path = directory.path
        for _ in 0..<15 {
            path += "/" + String(repeating: "x", count: 200)
            try Files.makeDirectory(path, mode: 0o755)
        }
        let file = "\(path)/f"
        try Files.replace(file, with: "", mode: 0o600)
        let opened = try Files.openForWriting(file)
        #expect(try Files.path(of: opened.number) == file)
    }

    @Test("opening for writing never makes a file, nor empties one")
    func openForWriting() throws {
        #expect(throws: SystemError("open", .noEntry)) {
            _ = try Files.openForWriting("\(directory.path)/none")
        }
        #expect(!Files.exists("\(directory.path)/none"))
        #expect(throws: SystemError("open", .isDirectory)) { _ = try Files.openForWriting(directory.path) }
        let path = try directory.write("f", "text")
        let file = try Files.openForWriting(path)
        #expect(isCloseOnExec(file.number))
        #expect(text(try Files.read(path, most: 10)) == "text")
        try file.writeAll(Array("n".utf8).span)
        #expect(text(try Files.read(path, most: 10)) == "next")
    }

    @Test("only an empty directory is removed")
    func removeDirectory() throws {
        let path = try directory.makeDirectory("d")
        try directory.write("d/f", "")
        #expect(throws: SystemError("rmdir", Errno(39))) { try Files.removeDirectory(path) }
        #expect(throws: SystemError("rmdir", .notDirectory)) { try Files.removeDirectory("\(path)/f") }
        try Files.remove("\(path)/f")
        try Files.removeDirectory(path)
        #expect(!Files.exists(path))
        #expect(throws: SystemError("rmdir", .noEntry)) { try Files.removeDirectory(path) }
    }
}
