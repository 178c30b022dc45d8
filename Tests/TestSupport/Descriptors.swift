// Streams and clients for tests. Every descriptor is close-on-exec, so that a process that one test starts does not
// hold the descriptors of another test open.
package import Addresses
internal import Glibc
package import LinuxSystem

/// The two ends of a stream.
package struct Ends: ~Copyable {
    package let near: Descriptor
    package let far: Descriptor

    package init(near: consuming Descriptor, far: consuming Descriptor) {
        self.near = near
        self.far = far
    }

    /// Keeps the near end and closes the far one, so that a reader of the near end comes to its end.
    package consuming func takeNear() -> Descriptor { near }
    /// Keeps the far end and closes the near one.
    package consuming func takeFar() -> Descriptor { far }
}

/// A stream from `far` to `near` and back, close-on-exec from the start. A process that another test starts could
/// inherit a pipe between pipe(2) and fcntl(2), and the pipe would never come to its end.
package func streamEnds() throws(SystemError) -> Ends {
    var numbers: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    // Sound: the array has the two places that the call fills.
    guard unsafe socketpair(AF_UNIX, type, 0, &numbers) == 0 else { throw SystemError("socketpair", Errno(errno)) }
    return Ends(near: Descriptor(owning: numbers[0]), far: Descriptor(owning: numbers[1]))
}

/// Reads everything up to the end.
package func readAll(_ descriptor: borrowing Descriptor) throws(SystemError) -> [UInt8] {
    var all: [UInt8] = []
    while true {
        let some = try readOnce(descriptor)
        if some.isEmpty { return all }
        all += some
    }
}

/// Reads what one call of read(2) gives; empty at the end.
package func readOnce(_ descriptor: borrowing Descriptor) throws(SystemError) -> [UInt8] {
    let number = descriptor.number
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = try retryingBytes("read") {
        unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
    }
    return Array(buffer[..<count])
}

package func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// Connects a client to a listener.
package func connected(to address: ListenAddress) throws(SystemError) -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    func made(_ family: Int32) throws(SystemError) -> Descriptor {
        let number = socket(family, type, 0)
        guard number >= 0 else { throw SystemError("socket", Errno(errno)) }
        return Descriptor(owning: number)
    }
    func connectBytes<Address>(
        _ descriptor: borrowing Descriptor, _ address: Address
    ) throws(SystemError) {
        var address = address
        let number = descriptor.number
        let result = unsafe withUnsafePointer(to: &address) { pointer in
            // Sound: a socket address of its family, with its own size.
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe connect(number, $0, socklen_t(MemoryLayout<Address>.size))
            }
        }
        guard result == 0 else { throw SystemError("connect", Errno(errno)) }
    }
    switch address {
    case .ip(.v4(let bits), let port):
        var raw = sockaddr_in()
        raw.sin_family = sa_family_t(AF_INET)
        raw.sin_port = port.bigEndian
        raw.sin_addr.s_addr = bits.bigEndian
        let descriptor = try made(AF_INET)
        try connectBytes(descriptor, raw)
        return descriptor
    case .ip(.v6(let bits), let port):
        var raw = sockaddr_in6()
        raw.sin6_family = sa_family_t(AF_INET6)
        raw.sin6_port = port.bigEndian
        unsafe withUnsafeMutableBytes(of: &raw.sin6_addr) { bytes in
            unsafe bytes.storeBytes(of: bits.bigEndian, as: UInt128.self)
        }
        let descriptor = try made(AF_INET6)
        try connectBytes(descriptor, raw)
        return descriptor
    case .unix(let path):
        var raw = sockaddr_un()
        raw.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &raw.sun_path) { bytes in
            for (index, byte) in path.utf8.enumerated() { unsafe bytes[index] = byte }
        }
        let descriptor = try made(AF_UNIX)
        try connectBytes(descriptor, raw)
        return descriptor
    }
}

/// Closes a connection with RST instead of FIN. Source: socket(7), SO_LINGER.
package func reset(_ descriptor: consuming Descriptor) {
    var option = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor.number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
}

/// Writes a byte at the file's start; the error if that fails, such as EPERM for a sealed file.
package func writeProblem(_ number: Int32) -> Errno? {
    var byte: UInt8 = 1
    let isWritten = unsafe pwrite(number, &byte, 1, 0) == 1
    return isWritten ? nil : Errno(errno)
}

/// Sets the file's length; the error if that fails.
package func truncateProblem(_ number: Int32, to length: Int) -> Errno? {
    ftruncate(number, length) == 0 ? nil : Errno(errno)
}

/// Whether execve(2) would close the descriptor.
package func isCloseOnExec(_ number: Int32) -> Bool { fcntl(number, F_GETFD) & FD_CLOEXEC != 0 }

package func isNonBlocking(_ number: Int32) -> Bool { fcntl(number, F_GETFL) & O_NONBLOCK != 0 }

/// Every descriptor of this process, except the one that lists them and those of Dispatch's event loop, which may be
/// opened at any time.
package func openDescriptors() throws(SystemError) -> [Int32] {
    let loop: Set<String> = ["anon_inode:[eventpoll]", "anon_inode:[eventfd]", "anon_inode:[timerfd]"]
    return try Files.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter { number in
        linkTarget("/proc/self/fd/\(number)").map { !loop.contains($0) } ?? false
    }.sorted()
}

private func linkTarget(_ path: String) -> String? {
    var target = [UInt8](repeating: 0, count: 4096)
    // Sound: the array is lent for the length of the call, with its size.
    let count = unsafe target.withUnsafeMutableBytes { bytes in
        unsafe readlink(path, bytes.baseAddress!.assumingMemoryBound(to: CChar.self), bytes.count)
    }
    return count < 0 ? nil : text(Array(target[..<count]))
}

/// Whether the kernel can refuse descriptors in the place of a process (SO_PASSRIGHTS, since Linux 6.16).
package var kernelRefusesDescriptors: Bool {
    let number = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
    defer { close(number) }
    var (value, size) = (Int32(0), socklen_t(4))
    return unsafe getsockopt(number, SOL_SOCKET, 83, &value, &size) == 0
}

/// Sends a message with copies of any number of descriptors. LinuxSystem never does that, but a hostile process may.
package func send(_ bytes: [UInt8], passing numbers: [Int32], over channel: Int32) throws(SystemError) {
    // One cmsghdr (size, SOL_SOCKET, SCM_RIGHTS) and the numbers after it. Source: cmsg(3).
    let size = 16 + numbers.count * 4
    var control = [UInt8](repeating: 0, count: (size + 7) / 8 * 8)
    var bytes = bytes
    let sent = unsafe control.withUnsafeMutableBytes { control in
        unsafe control.storeBytes(of: size, toByteOffset: 0, as: Int.self)
        unsafe control.storeBytes(of: SOL_SOCKET, toByteOffset: 8, as: Int32.self)
        unsafe control.storeBytes(of: 1, toByteOffset: 12, as: Int32.self)
        for (index, number) in numbers.enumerated() {
            unsafe control.storeBytes(of: number, toByteOffset: 16 + index * 4, as: Int32.self)
        }
        return unsafe bytes.withUnsafeMutableBytes { bytes in
            var vector = unsafe iovec(iov_base: bytes.baseAddress, iov_len: bytes.count)
            return unsafe withUnsafeMutablePointer(to: &vector) { vector in
                var message = unsafe msghdr()
                unsafe message.msg_iov = vector
                unsafe message.msg_iovlen = 1
                unsafe message.msg_control = control.baseAddress
                unsafe message.msg_controllen = control.count
                return unsafe sendmsg(channel, &message, 0)
            }
        }
    }
    guard sent >= 0 else { throw SystemError("sendmsg", Errno(errno)) }
}

package func makeFIFO(_ path: String) { _ = unsafe mkfifo(path, 0o600) }

package func makeLink(_ path: String, to target: String) { _ = unsafe symlink(target, path) }

package func rename(_ from: String, _ to: String) { _ = unsafe Glibc.rename(from, to) }

package func duplicate(_ number: Int32) throws(SystemError) -> Descriptor {
    let copy = fcntl(number, F_DUPFD_CLOEXEC, 3)
    guard copy >= 0 else { throw SystemError("fcntl", Errno(errno)) }
    return Descriptor(owning: copy)
}

/// Opens a path such as /dev/full for writing.
package func openForWriting(_ path: String) throws(SystemError) -> Descriptor {
    let number = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", Errno(errno)) }
    return Descriptor(owning: number)
}
