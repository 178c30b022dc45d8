// Pipes, socket pairs and clients for tests. Everything is close-on-exec, so that tests in parallel do not hold each
// other's ends open in the processes that they start.
internal import Glibc
package import LinuxSystem
package import ServiceModel

/// Two ends; of a pipe, `near` reads what `far` writes.
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

package func pipeEnds() throws(SystemError) -> Ends {
    var numbers: [Int32] = [-1, -1]
    // Sound, here and below: the array has the two places that the call fills.
    guard unsafe pipe(&numbers) == 0 else { throw SystemError("pipe", Errno(errno)) }
    for number in numbers { _ = fcntl(number, F_SETFD, FD_CLOEXEC) }
    return Ends(near: Descriptor(owning: numbers[0]), far: Descriptor(owning: numbers[1]))
}

package func socketEnds() throws(SystemError) -> Ends {
    var numbers: [Int32] = [-1, -1]
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
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

/// Every descriptor of this process, but for the one that looks.
package func openDescriptors() throws(SystemError) -> [Int32] {
    try Files.names(in: "/proc/self/fd").compactMap { Int32($0) }.filter { Startup.isOpen($0) }.sorted()
}

/// A descriptor to write to what is at a path, such as /dev/full.
package func openForWriting(_ path: String) throws(SystemError) -> Descriptor {
    let number = unsafe open(path, O_WRONLY | O_CLOEXEC)
    guard number >= 0 else { throw SystemError("open", Errno(errno)) }
    return Descriptor(owning: number)
}
