import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Sandbox

/// A tree of directories with a service's handlers.
private struct Tree {
    let directory: TemporaryDirectory
    /// The path without symbolic links.
    var path: String { directory.path }

    init() throws {
        directory = try TemporaryDirectory()
        TemporaryDirectory.change(mode: 0o755, of: directory.path)
    }

    func program(_ name: String, _ bytes: [UInt8] = Programs.exiting(0)) throws -> String {
        if let slash = name.lastIndex(of: "/") { try directory.makeDirectory(String(name[..<slash])) }
        return try directory.write(name, bytes: bytes, mode: 0o755)
    }

    func script(_ name: String, _ interpreter: String) throws -> String {
        try program(name, Array("#!\(interpreter) -x\n".utf8))
    }
}

private func service(_ handler: String, files: FileLists = FileLists(), bare: Bool = false) -> Service {
    let name = String(handler.split(separator: "/").last ?? "x")
    var service = Service(
        name: "it", file: "it.toml", listen: [],
        handler: HandlerCommand(path: handler, arguments: [bare ? name : handler]),
        identity: Identity(user: .dynamic))
    service.sandbox.files = files
    return service
}

private func grants(_ service: Service, root: String? = nil) throws(SandboxError) -> [FileGrant] {
    try FileGrant.all(for: service, in: try ServiceRoot(root))
}

/// The grants with this reason, as `path rights`, sorted.
private func lines(_ grants: [FileGrant], _ reason: FileGrant.Reason, below: String = "") -> [String] {
    grants.filter { $0.reason == reason }.map { "\($0.path.dropFirst(below.count)) \($0.rights)" }.sorted()
}

private func problem(_ service: Service, root: String? = nil) -> SandboxError? {
    do throws(SandboxError) {
        _ = try grants(service, root: root)
        return nil
    } catch {
        return error
    }
}

struct FileGrantTests {
    private let tree: Tree

    init() throws { tree = try Tree() }

    @Test("a handler's directory is granted, and not the handler alone")
    func directory() throws {
        let found = try grants(service(try tree.program("handlers/it")))
        #expect(lines(found, .handler, below: tree.path) == ["/handlers read,execute"])
    }

    @Test("a static program needs no libraries and no linker")
    func selfContained() throws {
        let found = try grants(service(try tree.program("it")))
        #expect(lines(found, .libraries) == [])
        #expect(lines(found, .interpreter) == [])
    }

    @Test("every handler may use /dev/null, and a handler that needs libraries also the devices that only give bytes")
    func devices() throws {
        #expect(lines(try grants(service(try tree.program("it"))), .devices) == ["/dev/null read,write"])
        #expect(
            lines(try grants(service("/bin/sh")), .devices) == [
                "/dev/full read", "/dev/null read,write", "/dev/random read", "/dev/urandom read", "/dev/zero read",
            ])
    }

    @Test("each rule's handler is granted in the same way as the service's own")
    func ruleHandlers() throws {
        var it = service(try tree.program("one/it"))
        let other = HandlerCommand(path: try tree.program("two/it"), arguments: ["it"])
        let position = SourcePosition(file: "f", line: 1, column: 1)
        it.access = [
            AccessRule(verdict: .allow, subject: .all, environment: [], handler: nil, position: position),
            AccessRule(verdict: .allow, subject: .all, environment: [], handler: other, position: position),
        ]
        #expect(lines(try grants(it), .handler, below: tree.path) == ["/one read,execute", "/two read,execute"])
    }

    @Test(
        "a path that a service may change cannot be granted otherwise or contain its handler: links can be put there"
    )
    func changeable() throws {
        let path = try tree.program("app/it")
        for name in ["app/data/x", "outside/x"] { _ = try tree.program(name) }
        func problem(_ handler: String, _ files: (inout FileLists) -> Void) -> Bool {
            var it = service(handler)
            files(&it.sandbox.files)
            do throws(SandboxError) {
                _ = try grants(it)
                return false
            } catch {
                if case .impossible(let sentence) = error { return sentence.contains("[files.write]") }
                return false
            }
        }
        let outside = tree.path + "/outside/x"
        let app = tree.path + "/app"
        #expect(!problem(outside) { $0.write = [app] })
        #expect(problem(outside) { ($0.write, $0.read) = ([app], [app + "/data"]) })
        #expect(problem(outside) { ($0.write, $0.execute) = ([app], [app + "/data"]) })
        #expect(problem(outside) { $0.write = [app, app + "/data"] })
        #expect(problem(path) { $0.write = [tree.path] })
        #expect(problem(outside) { ($0.write, $0.read) = ([app + "/data"], [app + "/data/x"]) })
    }

    @Test("a symbolic link grants the directory of the file that it leads to")
    func link() throws {
        let real = try tree.program("real/it")
        makeLink("\(tree.path)/link", to: real)
        try tree.directory.makeDirectory("other")
        makeLink("\(tree.path)/other/chain", to: "../link")
        let found = try grants(service("\(tree.path)/other/chain"))
        #expect(lines(found, .handler, below: tree.path) == ["/real read,execute"])
    }

    @Test("a script grants its interpreter, and the interpreter's linker and libraries")
    func script() throws {
        let linker = try tree.program("linkers/ld.so")
        let shell = try tree.program("shells/sh", Programs.dynamic(linker: linker))
        let middle = try tree.script("middle/m", shell)
        let found = try grants(service(try tree.script("scripts/it", middle)))
        #expect(lines(found, .handler, below: tree.path) == ["/scripts read,execute"])
        #expect(
            lines(found, .interpreter, below: tree.path) == [
                "/linkers read,execute", "/middle read,execute", "/shells read,execute",
            ])
        #expect(lines(found, .libraries).contains { $0 == "/usr/lib read,list" })
        #expect(found.filter { $0.reason == .libraries }.allSatisfy { !$0.rights.contains(.execute) })
    }

    @Test("the machine's shell grants the machine's linker")
    func shell() throws {
        let found = try grants(service(try tree.script("it", "/bin/sh")))
        let linker = try #require(FileGrant.linkers.first { Files.exists($0) })
        let directory = parentDirectory(of: try ServiceRoot(nil).existing(linker, "linker"))
        #expect(lines(found, .interpreter).contains("\(directory) read,execute"))
    }

    @Test("a missing interpreter is an error that names it and the handler")
    func missingInterpreter() throws {
        let it = service(try tree.script("it", "/no/such/sh"))
        let expected = SandboxError.unusable(
            what: "handler '\(tree.path)/it' needs", path: "/no/such/sh", SystemError("open", .noEntry))
        #expect(problem(it) == expected)
    }

    @Test("scripts that interpret each other in a circle come to an end")
    func circle() throws {
        let found = try grants(service(try tree.script("it", "\(tree.path)/it")))
        #expect(lines(found, .handler, below: tree.path) == [" read,execute"])
        #expect(lines(found, .interpreter, below: tree.path) == [" read,execute"])
    }

    @Test(
        "a handler that can be executed but not read grants libraries, to be safe",
        .enabled(if: !Accounts.isRoot))
    func unreadable() throws {
        let path = try tree.program("it")
        TemporaryDirectory.change(mode: 0o111, of: path)
        #expect(!lines(try grants(service(path)), .libraries).isEmpty)
    }

    @Test("a missing handler is an error that names it")
    func missingHandler() {
        let expected = SandboxError.unusable(
            what: "handler", path: "\(tree.path)/none", SystemError("open", .noEntry))
        #expect(problem(service("\(tree.path)/none")) == expected)
    }

    @Test("each list in [files] is granted with the rights of its key, and with the key as the reason")
    func lists() throws {
        var files = FileLists()
        files.read = [try tree.directory.makeDirectory("r"), try tree.directory.write("file", "")]
        files.write = [try tree.directory.makeDirectory("w")]
        files.execute = [try tree.directory.makeDirectory("x")]
        let found = try grants(service(try tree.program("it"), files: files))
        #expect(lines(found, .setting("files.read"), below: tree.path) == ["/file read,list", "/r read,list"])
        #expect(lines(found, .setting("files.write"), below: tree.path) == ["/w read,list,write,change"])
        #expect(lines(found, .setting("files.execute"), below: tree.path) == ["/x read,list,execute"])
    }

    @Test("programs that may be executed can be loaded: files.execute grants libraries and linkers")
    func executeBringsLibraries() throws {
        var files = FileLists()
        files.read = [try tree.directory.makeDirectory("r")]
        let plain = try grants(service(try tree.program("it"), files: files))
        #expect(lines(plain, .libraries).isEmpty)
        #expect(lines(plain, .interpreter).isEmpty)
        files.execute = ["\(tree.path)/r"]
        let found = try grants(service(try tree.program("it"), files: files))
        #expect(!lines(found, .libraries).isEmpty)
        #expect(!lines(found, .interpreter).isEmpty)
    }

    @Test(
        "a missing path in [files] is an error that names key and path",
        arguments: ["read", "write", "execute"])
    func missingSetting(key: String) throws {
        var files = FileLists()
        switch key {
        case "read": files.read = ["/no/such"]
        case "write": files.write = ["/no/such"]
        default: files.execute = ["/no/such"]
        }
        let found = problem(service(try tree.program("it"), files: files))
        #expect(found == .unusable(what: "files.\(key)", path: "/no/such", SystemError("open", .noEntry)))
        #expect(found?.description == "files.\(key) '/no/such': ENOENT (No such file or directory)")
    }

    @Test("the same path for the same reason is one grant, with all its rights")
    func union() throws {
        let it = try tree.script("same/it", try tree.script("same/other", try tree.program("same/third")))
        let found = try grants(service(it))
        #expect(lines(found, .handler, below: tree.path) == ["/same read,execute"])
        #expect(lines(found, .interpreter, below: tree.path) == ["/same read,execute"])
    }

    @Test("a root without standard paths grants none of them, and that is no error")
    func bareRoot() throws {
        let root = try tree.directory.makeDirectory("root")
        _ = try tree.program("root/bin/it", Programs.dynamic(linker: "/lib/ld.so"))
        _ = try tree.program("root/lib/ld.so")
        let found = try grants(service("/bin/it"), root: root)
        #expect(lines(found, .handler, below: root) == ["/bin read,execute"])
        #expect(lines(found, .interpreter, below: root) == ["/lib read,execute"])
        #expect(lines(found, .libraries, below: root) == ["/lib read,list"])
        #expect(lines(found, .devices) == [])
    }

    @Test("a handler in / is granted alone, because its directory would be every file")
    func handlerInTop() throws {
        let root = try tree.directory.makeDirectory("root")
        _ = try tree.script("root/it", "/sh")
        _ = try tree.program("root/sh")
        let found = try grants(service("/it"), root: root)
        #expect(lines(found, .handler, below: root) == ["/it read,execute"])
        #expect(lines(found, .interpreter, below: root) == ["/sh read,execute"])
    }

    @Test("within a root, absolute links stay inside it, and no .. leads out")
    func insideRoot() throws {
        let root = try tree.directory.makeDirectory("root")
        _ = try tree.program("root/data/it")
        _ = try tree.program("data/it")
        try tree.directory.makeDirectory("root/bin")
        makeLink("\(root)/bin/absolute", to: "/data/it")
        makeLink("\(root)/bin/up", to: "../../../../data/it")
        makeLink("\(root)/bin/out", to: "\(tree.path)/data/it")
        for path in ["/bin/absolute", "/bin/up", "/../../data/it", "/bin/../../../data/it"] {
            let found = try grants(service(path), root: root)
            #expect(lines(found, .handler, below: root) == ["/data read,execute"], "\(path)")
        }
        let expected = SandboxError.unusable(what: "handler", path: "/bin/out", SystemError("open", .noEntry))
        #expect(problem(service("/bin/out"), root: root) == expected)
        var files = FileLists()
        files.read = ["/../data"]
        let found = try grants(service("/data/it", files: files), root: root)
        #expect(lines(found, .setting("files.read"), below: root) == ["/data read,list"])
    }

    @Test("a bare handler name is the machine's, and the handler's libraries are the root's")
    func bareHandler() throws {
        let root = try tree.directory.makeDirectory("root")
        _ = try tree.program("root/lib/ld.so")
        let path = try tree.program("handlers/it", Programs.dynamic(linker: "/lib/ld.so"))
        let found = try grants(service(path, bare: true), root: root)
        #expect(lines(found, .handler, below: tree.path) == ["/handlers read,execute"])
        #expect(lines(found, .interpreter, below: tree.path) == ["/root/lib read,execute"])
        // As a path, it would be one inside the root.
        #expect(problem(service(path), root: root) != nil)
    }

    @Test("a root that does not exist, or is a file, is an error that names it")
    func missingRoot() throws {
        let expected = SandboxError.unusable(what: "root", path: "/no/such", SystemError("open", .noEntry))
        #expect(problem(service("/it"), root: "/no/such") == expected)
        let file = try tree.directory.write("file", "")
        #expect(
            problem(service("/it"), root: file)
                == .unusable(what: "root", path: file, SystemError("open", .notDirectory)))
    }

    @Test("the directory of a path is everything before its last slash, and / for a path in it")
    func parents() {
        #expect(parentDirectory(of: "/usr/bin/env") == "/usr/bin")
        #expect(parentDirectory(of: "/env") == "/")
        #expect(parentDirectory(of: "/") == "/")
        // Not /usr: the combining accent is no part of the slash.
        #expect(parentDirectory(of: "/usr/local/\u{301}x") == "/usr/local")
    }
}
