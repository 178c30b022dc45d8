import Configuration
import HostDefinition
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import ConfigurationLoader

private let host = Host(accounts: [.init(name: "root", uid: 0, gid: 0)], groups: ["root": 0])

private func file(_ listen: String, _ more: String = "") -> String {
    "listen = \"\(listen)\"\nhandler = [\"/bin/cat\"]\n\(more)"
}

struct DefinitionLoaderTests {
    private let directory: TemporaryDirectory
    private var options = PathChoices()

    init() throws {
        directory = try TemporaryDirectory()
        options.services = directory.path
    }

    private func read() throws -> HostDefinition { try HostDefinition.read(options, on: host) }

    @Test("each .toml file in the directory is a service of its name; hidden and other files are not")
    func names() throws {
        try directory.write("a.toml", file("127.0.0.1:1"))
        try directory.write("b.toml", file("127.0.0.1:2", "enabled = false\n"))
        for name in [".hidden.toml", "a.toml.bak", "a.toml~", "README", "toml", ".toml"] {
            try directory.write(name, "this is no service")
        }
        let definitions = try read()
        #expect(definitions.services.keys.sorted() == ["a", "b"])
        #expect(definitions.services["a"]?.activation == .enabled)
        #expect(definitions.services["b"]?.activation == .disabled)
        #expect(definitions.services["a"]?.service.file == directory.path + "/a.toml")
        #expect(definitions.faults.isEmpty)
        #expect(definitions.broken.isEmpty)
    }

    @Test("a fault in a file has its place, and other files are still read")
    func broken() throws {
        try directory.write("a.toml", file("127.0.0.1:1"))
        try directory.write("b.toml", file("127.0.0.1:2", "portt = 3\n"))
        try directory.write("c.toml", "listen = ")
        try directory.write("Bad Name.toml", file("127.0.0.1:3"))
        try Files.makeDirectory(directory.path + "/d.toml", mode: 0o700)
        makeLink(directory.path + "/e.toml", to: directory.path + "/nowhere")
        try directory.write("f.toml", String(repeating: "#", count: (1 << 20) + 1))
        let definitions = try read()
        #expect(definitions.services.keys.sorted() == ["a"])
        #expect(definitions.broken == ["Bad Name", "b", "c", "d", "e", "f"])
        let services = Set(definitions.faults.map { "\($0.service ?? "-") \($0.errno ?? "-")" })
        #expect(services.isSuperset(of: ["Bad Name -", "b -", "c -", "d EISDIR", "e ENOENT", "f EFBIG"]))
        let faults = definitions.faults.map(\.description)
        #expect(faults.contains { $0.hasPrefix("\(directory.path)/b.toml:3:1: error: ") })
        #expect(faults.contains { $0.hasPrefix("\(directory.path)/c.toml:1:") })
        #expect(faults.contains { $0.hasPrefix("\(directory.path)/d.toml:1:1: error: cannot be read: read: EISDIR") })
        #expect(faults.contains { $0.hasPrefix("\(directory.path)/e.toml:1:1: error: cannot be read: open: ENOENT") })
        #expect(faults.contains { $0.hasPrefix("\(directory.path)/f.toml:1:1: error: cannot be read: read: EFBIG") })
    }

    @Test("a file without permission to read it is a fault", .enabled(if: !Accounts.isRoot))
    func forbidden() throws {
        try directory.write("a.toml", file("127.0.0.1:1"), mode: 0)
        #expect(try read().faults.map(\.message) == ["cannot be read: open: EACCES (Permission denied)"])
    }

    @Test("a services directory that cannot be read is an error that names the setting", arguments: ["none", "file"])
    func noDirectory(name: String) throws {
        try directory.write("file", "")
        var options = options
        options.services = "\(directory.path)/\(name)"
        let error = #expect(throws: HostDefinitionError.self) { try HostDefinition.read(options, on: host) }
        let line = try #require(error?.lines.first)
        #expect(line.hasPrefix("\(directory.path)/\(name): error: the services directory cannot be read: "))
        #expect(line.hasSuffix("[services, --services]"))
        let problem = try #require(error?.problems.first)
        #expect(problem.file == "\(directory.path)/\(name)" && problem.position == nil && problem.key == "services")
    }

    @Test("doorward.toml sets the paths that the command line does not; its relative paths start at its directory")
    func configuration() throws {
        try Files.makeDirectory(directory.path + "/sub", mode: 0o700)
        try directory.write("sub/a.toml", file("127.0.0.1:1"))
        var options = PathChoices()
        options.configuration = try directory.write(
            "doorward.toml", "services = \"sub\"\nstate = \"st\"\nblock_list = \"blocked\"\n")
        let read = try HostDefinition.read(options, on: host)
        #expect(read.services.keys.sorted() == ["a"])
        #expect(read.settings.state == directory.path + "/st")
        #expect(read.settings.blockList == directory.path + "/blocked")
        options.services = directory.path
        options.state = "/var/other"
        options.handlers = "/opt/handlers"
        let other = try HostDefinition.read(options, on: host)
        #expect(other.services.isEmpty == false || other.broken == ["doorward"])
        #expect(other.settings.state == "/var/other")
        #expect(other.settings.handlers == "/opt/handlers")
    }

    @Test("a faulty or missing doorward.toml is an error", arguments: ["services = 3\n", nil])
    func badConfiguration(text: String?) throws {
        var options = options
        options.configuration = directory.path + "/doorward.toml"
        if let text { try directory.write("doorward.toml", text) }
        let error = #expect(throws: HostDefinitionError.self) { try HostDefinition.read(options, on: host) }
        #expect(error?.lines.first?.hasPrefix(directory.path + "/doorward.toml:") == true)
    }
}
