// Descriptors of other processes: which ones they have, and copies, by which a test can say something in the name of
// the process that has them.
// Source: proc(5), /proc/PID/fd and /proc/PID/fdinfo; pidfd_open(2), pidfd_getfd(2); sock_diag(7).
import Foundation
import Glibc

// Glibc's module has neither this function nor those of pidfds. The numbers are the same on all architectures.
private let call = unsafeBitCast(dlsym(nil, "syscall"), to: (@convention(c) (Int, Int, Int, Int) -> Int).self)
private let (pidfdOpen, pidfdGetfd) = (434, 438)

/// A descriptor of a running process.
struct ForeignDescriptor {
    let pid: Int32
    let number: Int32
    /// What it is open for: `pipe:[INODE]`, `socket:[INODE]` or a path.
    let target: String
    /// O_RDONLY, O_WRONLY or O_RDWR.
    let mode: Int32

    /// Those of a process. One that is closed meanwhile is left out.
    static func all(of pid: Int32) -> [ForeignDescriptor] {
        descriptors(of: pid).compactMap { name in
            guard let number = Int32(name),
                let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/fd/\(name)"),
                let text = try? String(contentsOfFile: "/proc/\(pid)/fdinfo/\(name)", encoding: .utf8),
                let line = text.split(separator: "\n").first(where: { $0.hasPrefix("flags:") }),
                let flags = Int32(line.dropFirst(6).trimmingCharacters(in: .whitespaces), radix: 8)
            else { return nil }
            return ForeignDescriptor(pid: pid, number: number, target: target, mode: flags & O_ACCMODE)
        }
    }

    /// The descriptor that `pid` writes to and `reader` reads from: the end of a pipe between them, but not of that for
    /// its log lines.
    static func pipe(from pid: Int32, to reader: Int32) throws -> ForeignDescriptor {
        let read = Set(all(of: reader).filter { $0.mode == O_RDONLY && $0.target.hasPrefix("pipe:") }.map(\.target))
        let found = all(of: pid).filter { $0.number != 2 && $0.mode == O_WRONLY && read.contains($0.target) }
        guard let only = found.first, found.count == 1 else {
            throw HarnessError("\(found.count) pipes from \(pid) to \(reader)")
        }
        return only
    }

    /// The ends of the socket by which `pid` sends messages to `receiver`.
    static func socket(
        from pid: Int32, to receiver: Int32
    ) throws -> (sender: ForeignDescriptor, receiver: ForeignDescriptor) {
        let ends = all(of: receiver)
        for sender in all(of: pid) {
            guard let inode = sender.inodeOfSocket, let peer = peerInode(of: inode),
                let end = ends.first(where: { $0.inodeOfSocket == peer })
            else { continue }
            return (sender, end)
        }
        throw HarnessError("no socket from \(pid) to \(receiver)")
    }

    private var inodeOfSocket: UInt32? {
        target.hasPrefix("socket:[") ? UInt32(target.dropFirst(8).dropLast()) : nil
    }
}

/// The inode of the socket to which a unix socket is connected; nil when there is none.
/// Source: sock_diag(7), unix_diag_req and UNIX_DIAG_PEER.
private func peerInode(of inode: UInt32) -> UInt32? {
    // AF_NETLINK, NETLINK_SOCK_DIAG
    let fd = socket(16, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 4)
    defer { close(fd) }
    // A header of 16 bytes: length, SOCK_DIAG_BY_FAMILY and NLM_F_REQUEST, a number, a port. Then AF_UNIX, every state,
    // the inode, UDIAG_SHOW_PEER, and no cookie.
    let request: [UInt32] = [40, 20 | 1 << 16, 1, 0, 1, .max, inode, 4, .max, .max]
    guard Glibc.send(fd, request, 40, 0) == 40 else { return nil }
    var reply = [UInt32](repeating: 0, count: 1024)
    let words = recv(fd, &reply, 4096, 0) / 4
    // A header of 16 bytes, unix_diag_msg of 16, and attributes: length and type, then the value.
    guard words > 8, reply[1] & 0xffff == 20 else { return nil }
    var place = 8
    while place + 1 < words, reply[place] & 0xffff >= 4 {
        if reply[place] >> 16 == 2 { return reply[place + 1] }
        place += (Int(reply[place] & 0xffff) + 3) / 4
    }
    return nil
}

/// A copy of a descriptor of another process: the same open pipe or socket.
final class DescriptorCopy: Sendable {
    let number: Int32

    init(_ original: ForeignDescriptor) throws {
        let process = call(pidfdOpen, Int(original.pid), 0, 0)
        guard process >= 0 else { throw HarnessError("pidfd_open \(original.pid): errno \(errno)") }
        defer { close(Int32(process)) }
        number = Int32(call(pidfdGetfd, process, Int(original.number), 0))
        guard number >= 0 else { throw HarnessError("pidfd_getfd \(original): errno \(errno)") }
    }

    deinit { close(number) }

    /// Waits until the descriptor is ready for POLLIN or POLLOUT, or its peer is gone.
    func wait(for events: Int32) throws {
        var entry = pollfd(fd: number, events: Int16(events), revents: 0)
        guard poll(&entry, 1, 10_000) == 1 else { throw HarnessError("descriptor \(number) is not ready in 10 s") }
    }
}
