// Pipes, sockets and reading, for RunningHandler. Every descriptor is close-on-exec, so that no other child keeps it
// open; a pipe is so from its beginning, because tests start children at the same time.
import CLinux
import Glibc

func pipePair() -> [Int32] {
    var ends: [Int32] = [-1, -1]
    // Sound: the call fills two numbers.
    let result = unsafe clinux_pipe(&ends)
    precondition(result == 0)
    // The call makes the reading end one that does not wait.
    _ = fcntl(ends[0], F_SETFL, 0)
    return ends
}

func socketPair(_ type: __socket_type = SOCK_STREAM) -> [Int32] {
    var ends: [Int32] = [-1, -1]
    // Sound: the call fills two numbers.
    let result = unsafe socketpair(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
    precondition(result == 0)
    return ends
}

/// The two ends of a connection over loopback: the client's, then the server's.
func tcpPair() -> [Int32] {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
    let listener = socket(AF_INET, type, 0)
    let client = socket(AF_INET, type, 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var size = socklen_t(MemoryLayout<sockaddr_in>.size)
    // Sound: a sockaddr_in is a sockaddr of this size.
    let connected = unsafe withUnsafeMutablePointer(to: &address) { address in
        unsafe address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
            unsafe bind(listener, address, size) == 0 && listen(listener, 1) == 0
                && getsockname(listener, address, &size) == 0 && connect(client, address, size) == 0
        }
    }
    precondition(connected)
    let server = accept(listener, nil, nil)
    precondition(server >= 0)
    _ = fcntl(server, F_SETFD, FD_CLOEXEC)
    close(listener)
    return [client, server]
}

/// Reads once: at most this many bytes, none at the end or if the connection was reset.
func readOnce(_ descriptor: Int32, _ count: Int) -> [UInt8] {
    unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
        // Sound: the address and the size are those of the buffer.
        unsafe filled = max(0, read(descriptor, buffer.baseAddress, buffer.count))
    }
}

func readToEnd(_ descriptor: Int32) -> [UInt8] {
    var all: [UInt8] = []
    while true {
        let more = readOnce(descriptor, 65536)
        if more.isEmpty { return all }
        all += more
    }
}
