// Name servers on loopback for DNS block lists: rbldnsd from Debian's packages, and one that never answers.
import Foundation
import Glibc
import Testing

/// A UDP port on 127.0.0.1 that gets questions and answers none, as long as this object lives.
final class SilentNameServer {
    private let fd: Int32
    let port: UInt16

    init() throws {
        fd = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = fd
        let isBound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(number, $0, size) == 0 && getsockname(number, $0, &size) == 0
            }
        }
        guard isBound else { throw HarnessError("no UDP port: errno \(errno)") }
        port = UInt16(bigEndian: address.sin_port)
    }

    /// How many questions have come since the last call.
    var questions: Int {
        var buffer = [UInt8](repeating: 0, count: 512)
        var count = 0
        while recv(fd, &buffer, buffer.count, Int32(MSG_DONTWAIT)) > 0 { count += 1 }
        return count
    }

    deinit { close(fd) }
}

/// rbldnsd with one list of addresses, `bl.test`.
final class Rbldnsd {
    static let program = "/usr/sbin/rbldnsd"
    static var isThere: Bool { access(program, X_OK) == 0 }

    let port: UInt16
    private let process = Process()
    private let directory: String

    /// - Parameter list: the entries of an ip4set; see rbldnsd(8).
    init(_ list: String) throws {
        directory = FileManager.default.temporaryDirectory.path + "/doorward-rbl-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        chmod(directory, 0o755)
        try list.write(toFile: directory + "/list", atomically: true, encoding: .utf8)
        port = try SilentNameServer().port
        let said = Pipe()
        process.executableURL = URL(fileURLWithPath: Self.program)
        let user = geteuid() == 0 ? ["-u", "rbldns"] : []
        process.arguments = ["-n"] + user + ["-b", "127.0.0.1/\(port)", "bl.test:ip4set:\(directory)/list"]
        process.standardOutput = said
        process.standardError = said
        try process.run()
        var text = ""
        while !text.contains(" started (") {
            let some = said.fileHandleForReading.availableData
            guard !some.isEmpty else { throw HarnessError("rbldnsd ended: \(text)") }
            text += String(decoding: some, as: UTF8.self)
        }
    }

    func end() {
        guard process.isRunning else { return }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
    }

    deinit {
        end()
        try? FileManager.default.removeItem(atPath: directory)
    }
}
