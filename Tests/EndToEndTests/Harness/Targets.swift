// The attacker's targets: listeners, files and programs as a real machine has them.
import Foundation
import Glibc

/// Listeners of this process, and files in the directory of a ``Supervised``.
final class Targets {
    private let tcp: Int32
    private let abstract: Int32
    private var path: Int32 = -1
    private let port: UInt16
    private let name = "doorward-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"

    init() throws {
        let fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(fd, $0, size) == 0 && listen(fd, 100) == 0 && getsockname(fd, $0, &size) == 0
            }
        }
        guard result else { throw HarnessError("no TCP listener: errno \(errno)") }
        tcp = fd
        port = UInt16(bigEndian: address.sin_port)
        abstract = try unixListener([0] + Array(name.utf8))
    }

    deinit {
        for fd in [tcp, abstract, path] where fd >= 0 { close(fd) }
    }

    /// What names the targets to an attacker, by variable; in the directory of a ``Supervised``.
    private func variables(in directory: String) -> [(name: String, value: String)] {
        [
            ("ATTACK_OTHER", "\(directory)/other/data"), ("ATTACK_WRITABLE", "\(directory)/open/writable"),
            ("ATTACK_OPEN", "\(directory)/open"), ("ATTACK_PORT", "\(port)"),
            ("ATTACK_UNIX", "\(directory)/control.sock"), ("ATTACK_ABSTRACT", name),
            ("ATTACK_SETUID", "\(directory)/handlers/attacker-setuid"),
            ("ATTACK_FILECAP", "\(directory)/handlers/attacker-filecap"),
        ]
    }

    /// The line of a service file that names the targets to the attacker.
    var environment: String {
        let pairs = variables(in: "DIRECTORY").map { "\($0.name) = \"\($0.value)\"" }
        return "environment = { " + pairs.joined(separator: ", ") + " }"
    }

    /// The same for a process that is taken over.
    func words(in directory: String) -> [String] { variables(in: directory).map { "\($0.name)=\($0.value)" } }

    /// Makes the files, with modes that let every user do everything: so only the sandbox can refuse.
    func make(in directory: String) throws {
        let manager = FileManager.default
        for (name, mode) in [("other", mode_t(0o755)), ("open", mode_t(0o777))] {
            try manager.createDirectory(atPath: "\(directory)/\(name)", withIntermediateDirectories: false)
            chmod("\(directory)/\(name)", mode)
        }
        for name in ["other/data", "open/writable", "open/victim", "open/other"] {
            try "of another service\n".write(toFile: "\(directory)/\(name)", atomically: true, encoding: .utf8)
            chmod("\(directory)/\(name)", 0o666)
        }
        path = try unixListener(Array("\(directory)/control.sock".utf8) + [0])
        chmod("\(directory)/control.sock", 0o777)
        guard isRoot else { return }
        // A handler may execute programs in the handlers' own directory, so only no_new_privs withholds their rights.
        let program = Supervised.build + "/test/attacker"
        try Supervised.copy(program, to: directory + "/handlers/attacker-setuid", mode: 0o4755)
        try Supervised.copy(program, to: directory + "/handlers/attacker-filecap")
        // Revision 2, effective; permitted: cap_net_raw. Source: linux/capability.h, struct vfs_cap_data.
        // Glibc's module has no setxattr.
        let capability = "struct.pack('<5I', 0x02000001, 1 << 13, 0, 0, 0)"
        let script = "import os, struct, sys; os.setxattr(sys.argv[1], 'security.capability', \(capability))"
        let outcome = try run(["python3", "-c", script, directory + "/handlers/attacker-filecap"])
        guard outcome.status == 0 else { throw HarnessError("no file capability: \(outcome.error)") }
    }
}

private func unixListener(_ name: [UInt8]) throws -> Int32 {
    let fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: name) }
    let size = socklen_t(MemoryLayout<sa_family_t>.size + name.count)
    let result = withUnsafePointer(to: &address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(fd, $0, size) == 0 && listen(fd, 100) == 0 }
    }
    guard result else { throw HarnessError("no unix listener: errno \(errno)") }
    return fd
}
