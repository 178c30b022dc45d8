// A TCP or unix client that can do what any peer can: half-close, reset, be silent.
import Glibc

/// One connection to a service.
final class Client {
    private var fd: Int32

    /// Connects to a port, on 127.0.0.1 unless an address is given.
    ///
    /// - Parameters:
    ///   - source: the client's own address.
    ///   - timeoutMilliseconds: how long to wait for the connection, and later for each read.
    init(port: UInt16, address: String = "127.0.0.1", source: String? = nil, timeoutMilliseconds: Int = 10_000) throws {
        fd = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        setTimeout(milliseconds: timeoutMilliseconds)
        if let source { try withIPv4(source, 0) { bind(fd, $0, $1) } }
        try withIPv4(address, port) { connect(fd, $0, $1) }
    }

    /// Connects to a port on [::1].
    init(v6Port port: UInt16) throws {
        fd = socket(AF_INET6, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in6()
        address.sin6_family = sa_family_t(AF_INET6)
        address.sin6_port = port.bigEndian
        address.sin6_addr = in6addr_loopback
        let size = socklen_t(MemoryLayout<sockaddr_in6>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, size) }
        }
        guard result == 0 else { throw HarnessError("connect to [::1]:\(port): errno \(errno)") }
        setTimeout(milliseconds: 10_000)
    }

    /// Connects to a unix socket.
    init(path: String) throws {
        fd = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array(path.utf8)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        let result = withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(fd, $0, size) }
        }
        guard result == 0 else { throw HarnessError("connect to \(path): errno \(errno)") }
        setTimeout(milliseconds: 10_000)
    }

    deinit { close() }

    /// Sets the timeout of connect and of each read. Source: socket(7), SO_SNDTIMEO.
    private func setTimeout(milliseconds: Int) {
        var time = timeval(tv_sec: milliseconds / 1000, tv_usec: milliseconds % 1000 * 1000)
        for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
            setsockopt(fd, SOL_SOCKET, option, &time, socklen_t(MemoryLayout<timeval>.size))
        }
    }

    func send(_ text: String) {
        let bytes = Array(text.utf8)
        _ = Glibc.send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func send(_ bytes: [UInt8]) { _ = Glibc.send(fd, bytes, bytes.count, Int32(MSG_NOSIGNAL)) }

    /// Reads that many bytes, or fewer if the connection ends before.
    func read(exactly count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = read(count - bytes.count, as: [UInt8].self)
            if more.isEmpty { break }
            bytes += more
        }
        return bytes
    }

    private func read(_ count: Int, as type: [UInt8].Type) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(fd, &buffer, count, 0)
        return Array(buffer[..<max(got, 0)])
    }

    func shutdownWrite() { shutdown(fd, Int32(SHUT_WR)) }

    /// Reads everything until the end. A reset is an end too, and so is a read that times out.
    func readToEnd() -> String {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = recv(fd, &buffer, buffer.count, 0), count > 0 { bytes += buffer[..<count] }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Reads the next bytes, at most `count`; an empty text is the end.
    func read(_ count: Int = 65536) -> String {
        String(decoding: read(count, as: [UInt8].self), as: UTF8.self)
    }

    /// What a read has got.
    enum Received: Equatable {
        case bytes([UInt8])
        case end
        case reset
        /// Nothing until the timeout.
        case nothing
    }

    /// Reads the next bytes, at most `count`, or what comes in their place.
    func receive(_ count: Int = 65536) -> Received {
        var buffer = [UInt8](repeating: 0, count: count)
        let got = recv(fd, &buffer, count, 0)
        if got > 0 { return .bytes(Array(buffer[..<got])) }
        if got == 0 { return .end }
        return errno == ECONNRESET ? .reset : .nothing
    }

    /// Reads to the end, and returns whether it was a reset.
    func endsByReset() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65536)
        while case let count = recv(fd, &buffer, buffer.count, 0), count != 0 {
            if count < 0 { return errno == ECONNRESET }
        }
        return false
    }

    /// Whether neither a byte nor the end has come.
    var isSilent: Bool {
        var byte: UInt8 = 0
        return recv(fd, &byte, 1, Int32(MSG_DONTWAIT)) == -1 && errno == EAGAIN
    }

    /// How many segments the client has sent again, SYNs among them. Source: tcp(7), TCP_INFO.
    var retransmissions: UInt32 {
        var information = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        guard getsockopt(fd, Int32(IPPROTO_TCP), TCP_INFO, &information, &size) == 0 else { return .max }
        return information.tcpi_total_retrans
    }

    /// The local port.
    var port: UInt16 {
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        _ = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(fd, $0, &size) }
        }
        return UInt16(bigEndian: address.sin_port)
    }

    /// Closes with RST instead of FIN.
    func reset() {
        var lingering = linger(l_onoff: 1, l_linger: 0)
        setsockopt(fd, SOL_SOCKET, SO_LINGER, &lingering, socklen_t(MemoryLayout<linger>.size))
        close()
    }

    func close() {
        if fd >= 0 { Glibc.close(fd) }
        fd = -1
    }
}

private func withIPv4(_ text: String, _ port: UInt16, _ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    guard inet_pton(AF_INET, text, &address.sin_addr) == 1 else { throw HarnessError("not an address: \(text)") }
    let result = withUnsafePointer(to: &address) {
        $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { call($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
    }
    guard result == 0 else { throw HarnessError("\(text):\(port): errno \(errno)") }
}

/// Sends a text, half-closes, and returns the whole answer.
func exchange(port: UInt16, _ text: String) throws -> String {
    let client = try Client(port: port)
    client.send(text)
    client.shutdownWrite()
    return client.readToEnd()
}
