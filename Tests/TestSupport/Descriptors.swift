// Streams and clients for tests. Everything is close-on-exec, so that tests in parallel do not hold each
// other's ends open in the processes that they start.
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

    /// Keeps the reading end and closes the other, so that reading comes to an end.
    package consuming func takeNear() -> Descriptor { near }
    package consuming func takeFar() -> Descriptor { far }
}

/// A stream from `far` to `near` and back. Close-on-exec from the start: a pipe made by pipe(2) could be inherited by what
/// another test starts in between, and would never come to its end.
package func streamEnds() throws(SystemError) -> Ends {
    var numbers: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    // Sound: the array has the two places that the call fills.
    guard unsafe socketpair(AF_UNIX, type, 0, &numbers) == 0 else { throw SystemError("socketpair", Errno(errno)) }
    return Ends(near: Descriptor(owning: numbers[0]), far: Descriptor(owning: numbers[1]))
}

/// Everything up to the end.
package func readAll(_ descriptor: borrowing Descriptor) throws(SystemError) -> [UInt8] {
    var all: [UInt8] = []
    while true {
        let some = try readOnce(descriptor)
        if some.isEmpty { return all }
        all += some
    }
}

package func readOnce(_ descriptor: borrowing Descriptor) throws(SystemError) -> [UInt8] {
    let number = descriptor.number
    var buffer = [UInt8](repeating: 0, count: 65536)
    let count = try retryingBytes("read") {
        unsafe buffer.withUnsafeMutableBytes { unsafe read(number, $0.baseAddress, $0.count) }
    }
    return Array(buffer[..<count])
}

package func text(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self) }

/// A client's connection.
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

/// Closes with RST instead of FIN.
package func reset(_ descriptor: consuming Descriptor) {
    var option = linger(l_onoff: 1, l_linger: 0)
    unsafe setsockopt(descriptor.number, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
}

/// Fails with EPERM or the like when the bytes cannot be changed.
package func writeProblem(_ number: Int32) -> Errno? {
    var byte: UInt8 = 1
    let isWritten = unsafe pwrite(number, &byte, 1, 0) == 1
    return isWritten ? nil : Errno(errno)
}

package func truncateProblem(_ number: Int32, to length: Int) -> Errno? {
    ftruncate(number, length) == 0 ? nil : Errno(errno)
}

/// Whether exec would close it.
package func isCloseOnExec(_ number: Int32) -> Bool { fcntl(number, F_GETFD) & FD_CLOEXEC != 0 }

package func isNonBlocking(_ number: Int32) -> Bool { fcntl(number, F_GETFL) & O_NONBLOCK != 0 }

/// Every descriptor of this process, but for the one that looks and those of Dispatch's event loop, which come when they
/// like.
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

/// Sends a message with copies of any number of descriptors, as LinuxSystem never does and a peer gone bad may.
package func send(_ bytes: [UInt8], passing numbers: [Int32], over channel: Int32) throws(SystemError) {
    // One cmsghdr (size, SOL_SOCKET, SCM_RIGHTS) and the numbers behind it. Source: cmsg(3).
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

/// A descriptor to write to what is at a path, such as /dev/full.
package func openForWriting(_ path: String) throws(SystemError) -> Descriptor {
    let number = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", Errno(errno)) }
    return Descriptor(owning: number)
}
