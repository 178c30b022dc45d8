// What KernelFilterTests needs: a listener with a filter, and clients that connect from addresses of their own.
import Addresses
import CLinux
import Glibc
import ServiceModel
import Synchronization
import TestSupport
import Testing

@testable import LinuxSystem

func prefix(_ text: String) throws -> IPPrefix { try IPPrefix(text) }

/// A copyable reference to a filter, which #expect can use.
final class OneFilter {
    var use: KernelFilter

    init(_ filter: consuming KernelFilter) { use = filter }
}

/// A thread that begins one connection after the other and waits for none. It is a thread of its own, because the tests
/// may have few.
final class Flood {
    private final class Work: Sendable {
        let source: String
        let target: ListenAddress
        let mayEnd = Atomic(false)
        let sent = Atomic(0)

        init(_ source: String, _ target: ListenAddress) {
            self.source = source
            self.target = target
        }

        func run() {
            while !mayEnd.load(ordering: .relaxed) {
                do {
                    _ = try attempt(from: source, to: target)
                    sent.add(1, ordering: .relaxed)
                } catch {
                    Issue.record(error)
                    return
                }
            }
        }
    }

    private let work: Work
    private var thread: pthread_t?

    init(from source: String, to target: ListenAddress) {
        work = Work(source, target)
        var thread = pthread_t()
        // Sound: the thread holds the work until it ends.
        let started = unsafe pthread_create(
            &thread, nil,
            { argument in
                unsafe Unmanaged<Work>.fromOpaque(argument!).takeRetainedValue().run()
                return nil
            }, Unmanaged.passRetained(work).toOpaque())
        precondition(started == 0)
        self.thread = thread
    }

    /// Ends the thread. Returns how many connections it began.
    @discardableResult func end() -> Int {
        work.mayEnd.store(true, ordering: .relaxed)
        if let thread { pthread_join(thread, nil) }
        thread = nil
        return work.sent.load(ordering: .relaxed)
    }
}

/// A listener with a filter.
final class FilteredListener {
    let number: Int32
    let address: ListenAddress
    private let descriptor: Descriptor
    private let filter: OneFilter

    private init(_ descriptor: consuming Descriptor, _ filter: OneFilter) throws {
        number = descriptor.number
        address = try #require(try Listener.localAddress(of: descriptor.number))
        self.descriptor = descriptor
        self.filter = filter
        try filter.use.attach(to: number)
    }

    convenience init(_ text: String, _ filter: OneFilter) throws {
        let address = ListenAddress.ip(try #require(IPAddress(text)), port: 0)
        let listener = try Listener(address, options: SocketOptions())
        try self.init(try duplicate(listener.descriptor.number), filter)
    }

    /// A listener for both families. Doorward makes none, but another program may pass one to it.
    convenience init(bothFamilies filter: OneFilter) throws {
        let descriptor = try streamSocket(AF_INET6)
        let address = SocketBytes(.v6(0), port: 0)
        let number = descriptor.number
        _ = try retrying("bind") { unsafe address.with { unsafe bind(number, $0, $1) == 0 ? 0 : -errno } }
        _ = try retrying("listen") { listen(number, 8) == 0 ? 0 : -errno }
        try self.init(descriptor, filter)
    }

    func accept() throws -> OneAccepted? {
        guard let connection = try acceptConnection(from: number) else { return nil }
        return OneAccepted(connection)
    }

    var isQuiet: Bool { get throws { try accept() == nil } }

    /// Whether a client is served. A client that is not must be dropped and counted, and nothing else. Accepts the
    /// connection.
    func serves(_ source: String) throws -> Bool {
        let before = try filter.use.drops()
        let port: UInt16 = if case .ip(_, let port) = address { port } else { 0 }
        let isWild: Bool = if case .ip(let bound, _) = address { bound.isUnspecified } else { false }
        let loopback = source.contains(":") ? IPAddress.v6(1) : .v4(0x7f00_0001)
        let client = try attempt(from: source, to: isWild ? .ip(loopback, port: port) : address)
        var isServed = false
        #expect(
            try eventually {
                isServed = isReady(client.number, POLLOUT, milliseconds: 0)
                return try isServed || filter.use.drops() != before
            })
        #expect(try isServed == (accept() != nil))
        return isServed
    }
}

final class OneAccepted: Equatable {
    let descriptor: Descriptor

    init(_ connection: consuming AcceptedConnection) { descriptor = connection.takeDescriptor() }

    static func == (a: OneAccepted, b: OneAccepted) -> Bool { a === b }
}

func streamSocket(_ family: Int32) throws -> Descriptor {
    let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
    return Descriptor(owning: try retrying("socket") { socket(family, type, 0) })
}

/// A socket address in the kernel's form.
struct SocketBytes {
    private var raw = sockaddr_in6()
    private let size: Int
    let family: Int32

    init(_ address: IPAddress, port: UInt16) {
        switch address {
        case .v4(let bits):
            family = AF_INET
            size = MemoryLayout<sockaddr_in>.size
            var four = sockaddr_in()
            four.sin_family = sa_family_t(AF_INET)
            four.sin_port = port.bigEndian
            four.sin_addr.s_addr = bits.bigEndian
            // Sound: the smaller structure is copied to the beginning of the larger one.
            unsafe withUnsafeMutableBytes(of: &raw) { unsafe $0.storeBytes(of: four, as: sockaddr_in.self) }
        case .v6(let bits):
            family = AF_INET6
            size = MemoryLayout<sockaddr_in6>.size
            raw.sin6_family = sa_family_t(AF_INET6)
            raw.sin6_port = port.bigEndian
            // Sound: writes 16 bytes into 16.
            unsafe withUnsafeMutableBytes(of: &raw.sin6_addr) {
                unsafe $0.storeBytes(of: bits.bigEndian, as: UInt128.self)
            }
        }
    }

    func with(_ call: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        unsafe withUnsafeBytes(of: raw) {
            // Sound: both kinds of address begin as a sockaddr, and the size is that of the kind.
            unsafe call($0.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(size))
        }
    }
}

/// A connection that has begun, without waiting for the answer.
func attempt(from source: String, to target: ListenAddress) throws -> Descriptor {
    guard case .ip(let to, let port) = target else { throw SystemError("connect", .invalid) }
    let from = SocketBytes(try #require(IPAddress(source)), port: 0)
    let descriptor = try streamSocket(from.family)
    let number = descriptor.number
    _ = try retrying("bind") { unsafe from.with { unsafe bind(number, $0, $1) == 0 ? 0 : -errno } }
    _ = try retrying("connect") {
        unsafe SocketBytes(to, port: port).with {
            unsafe connect(number, $0, $1) == 0 || errno == EINPROGRESS ? 0 : -errno
        }
    }
    return descriptor
}

/// Whether a client's socket has the event (POLLOUT: the peer answered, POLLIN: there is input) within the time.
func isReady(_ number: Int32, _ event: Int32, milliseconds: Int32 = 10_000) -> Bool {
    var wanted = pollfd(fd: number, events: Int16(event), revents: 0)
    return unsafe poll(&wanted, 1, milliseconds) == 1 && wanted.revents == Int16(event)
}

/// Whether a condition becomes true within ten seconds. The kernel's counters have no event to wait for.
func eventually(_ isTrue: () throws -> Bool) throws -> Bool {
    for _ in 0..<5000 {
        if try isTrue() { return true }
        _ = poll(nil, 0, 2)
    }
    return false
}
