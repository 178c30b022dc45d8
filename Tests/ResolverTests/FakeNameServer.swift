// A name server for a test, on loopback: it receives questions, and sends the replies that the test makes.
import Addresses
import Glibc
import LinuxSystem
import Testing

final class FakeNameServer {
    private let socket: Descriptor
    let server: NameServer

    /// A received question, and its sender.
    struct Query {
        let bytes: [UInt8]
        fileprivate let sender: sockaddr_in

        var port: UInt16 { UInt16(bigEndian: sender.sin_port) }
        var id: [UInt8] { Array(bytes.prefix(2)) }

        /// The labels of the name in the question, with dots.
        var name: String {
            var labels: [String] = []
            var rest = bytes.dropFirst(12)
            while let length = rest.first, length > 0 {
                labels.append(String(decoding: rest.dropFirst().prefix(Int(length)), as: UTF8.self))
                rest = rest.dropFirst(1 + Int(length))
            }
            return labels.joined(separator: ".")
        }

        /// A reply with these addresses, each given by the last octet after 127.0.0. Without any, the name does not
        /// exist.
        func reply(_ last: UInt8..., code: UInt8 = 0) -> [UInt8] {
            let code = code == 0 && last.isEmpty ? 3 : code
            var reply = id + [0x81, 0x80 | code, 0, 1, 0, UInt8(last.count), 0, 0, 0, 0] + bytes.dropFirst(12)
            for octet in last { reply += [0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 90, 0, 4, 127, 0, 0, octet] }
            return reply
        }
    }

    init() throws {
        let number = Glibc.socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        socket = Descriptor(owning: try #require(number >= 0 ? number : nil))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        // Sound: a socket address of its family, with its own size.
        let port: UInt16? = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                guard unsafe bind(number, pointer, size) == 0, unsafe getsockname(number, pointer, &size) == 0 else {
                    return nil
                }
                return unsafe UnsafeRawPointer(pointer).loadUnaligned(fromByteOffset: 2, as: UInt16.self)
            }
        }
        server = NameServer(address: .v4(0x7f00_0001), port: UInt16(bigEndian: try #require(port)))
        // A test that waits in vain fails after this time, instead of hanging.
        var tryInterval = timeval(tv_sec: 20, tv_usec: 0)
        unsafe setsockopt(number, SOL_SOCKET, SO_RCVTIMEO, &tryInterval, socklen_t(MemoryLayout<timeval>.size))
    }

    /// Addresses without a server: no test binds to them.
    static let unused = [20053, 20054].map { NameServer(address: .v4(0x7f00_004d), port: $0) }

    /// The next question.
    func query() throws -> Query { try #require(receive()) }

    /// Whether no question has arrived.
    var isIdle: Bool { !hasQuery }

    /// Whether a question waits to be read.
    var hasQuery: Bool {
        var byte: UInt8 = 0
        return unsafe recv(socket.number, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) >= 0
    }

    private func receive() -> Query? {
        var bytes = [UInt8](repeating: 0, count: 1024)
        var sender = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let number = socket.number
        // Sound: the call uses the array and the address only while it runs, and gets their sizes.
        let count = unsafe withUnsafeMutablePointer(to: &sender) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                unsafe recvfrom(number, &bytes, 1024, 0, pointer, &size)
            }
        }
        return count < 0 ? nil : Query(bytes: Array(bytes[..<count]), sender: sender)
    }

    func send(_ bytes: [UInt8], to query: Query) {
        var sender = query.sender
        let number = socket.number
        // Sound: as above.
        unsafe withUnsafePointer(to: &sender) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                _ = unsafe sendto(number, bytes, bytes.count, 0, pointer, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
