import Addresses
import CLinux
import Glibc
import ServiceModel
import TestSupport
import Testing

@testable import LinuxSystem

// Not in Glibc's headers, or as other types there. Source: asm-generic/socket.h, linux/tcp.h.
private let lockFilter: Int32 = 44
private let deferAccept: Int32 = 9

/// A change that a process with a copy of the listener makes.
private func set(_ number: Int32, _ level: Int32, _ name: Int32, _ values: Int32...) {
    // Sound: the call uses the array only while it runs, and gets its size.
    let result = unsafe setsockopt(number, level, name, values, socklen_t(4 * values.count))
    #expect(result == 0, "option \(level)/\(name)")
}

private func get(_ number: Int32, _ level: Int32, _ name: Int32) -> Int32 {
    var (value, size): (Int32, socklen_t) = (-1, 4)
    // Sound: the call fills the variable, whose size it gets.
    _ = unsafe getsockopt(number, level, name, &value, &size)
    return value
}

private let tcp = Int32(IPPROTO_TCP)
private let ip = Int32(IPPROTO_IP)

private struct Change: CustomTestStringConvertible, Sendable {
    let name: String
    var also: [String] = []
    let make: @Sendable (Int32) -> Void

    var testDescription: String { name }
}

private let changes = [
    Change(name: "O_NONBLOCK") { _ = fcntl($0, F_SETFL, 0) },
    Change(name: "SO_REUSEADDR") { set($0, SOL_SOCKET, SO_REUSEADDR, 0) },
    Change(name: "SO_REUSEPORT") { set($0, SOL_SOCKET, SO_REUSEPORT, 1) },
    Change(name: "SO_LINGER") { set($0, SOL_SOCKET, SO_LINGER, 1, 60) },
    Change(name: "SO_RCVLOWAT") { set($0, SOL_SOCKET, SO_RCVLOWAT, 4096) },
    Change(name: "SO_RCVTIMEO") { set($0, SOL_SOCKET, SO_RCVTIMEO, 1, 0, 0, 0) },
    Change(name: "SO_RCVBUF", also: ["SO_BUF_LOCK"]) { set($0, SOL_SOCKET, SO_RCVBUF, 1) },
    Change(name: "SO_SNDBUF", also: ["SO_BUF_LOCK"]) { set($0, SOL_SOCKET, SO_SNDBUF, 1) },
    Change(name: "SO_PRIORITY") { set($0, SOL_SOCKET, SO_PRIORITY, 5) },
    Change(name: "IP_TOS", also: ["SO_PRIORITY"]) { set($0, ip, IP_TOS, 0x10) },
    Change(name: "IP_TTL") { set($0, ip, IP_TTL, 1) },
    Change(name: "IP_MINTTL") { set($0, ip, 21, 255) },
    Change(name: "TCP_MAXSEG") { set($0, tcp, TCP_MAXSEG, 100) },
    Change(name: "TCP_CORK") { set($0, tcp, TCP_CORK, 1) },
    Change(name: "TCP_KEEPIDLE") { set($0, tcp, TCP_KEEPIDLE, 1) },
    Change(name: "TCP_LINGER2") { set($0, tcp, TCP_LINGER2, -1) },
    Change(name: "TCP_USER_TIMEOUT") { set($0, tcp, 18, 1) },
    Change(name: "TCP_DEFER_ACCEPT") { set($0, tcp, deferAccept, 1000) },
    Change(name: "TCP_NOTSENT_LOWAT") { set($0, tcp, 25, 1) },
    Change(name: "SO_MAX_PACING_RATE") { set($0, SOL_SOCKET, 47, 1) },
]

struct ListenerStateTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    private func listen(_ text: String) throws -> Listener {
        try Listener(try #require(ListenAddress(text)), options: SocketOptions())
    }

    @Test("a fresh listener needs nothing set back", arguments: ["127.0.0.1:0", "[::1]:0", "unix:"])
    func fresh(text: String) throws {
        let listener = try listen(text == "unix:" ? "unix:\(directory.path)/s" : text)
        let client = try connected(to: listener.bound)
        #expect(listener.setBack() == ListenerChanges())
        #expect(try acceptConnection(from: listener.descriptor.number) != nil)
        #expect(listener.setBack() == ListenerChanges())
        _ = client
    }

    @Test("what a process with a copy has changed is set back", arguments: changes)
    private func setBack(change: Change) throws {
        let listener = try listen("127.0.0.1:0")
        let copy = try Descriptor.duplicate(of: listener.descriptor.number)
        change.make(copy.number)
        let found = listener.setBack()
        #expect(found.left == [])
        #expect(found.setBack.contains(change.name))
        #expect(Set(found.setBack).isSubset(of: [change.name] + change.also))
        #expect(listener.setBack() == ListenerChanges())
        let client = try connected(to: listener.bound)
        #expect(try acceptConnection(from: listener.descriptor.number) != nil)
        _ = client
    }

    @Test("the options of the service, and the length of the queue, are set back too")
    func ofService() throws {
        var listener = try listen("127.0.0.1:0")
        var options = SocketOptions()
        options.isKeepAlive = false
        try listener.setOptions(options)
        let number = listener.descriptor.number
        set(number, SOL_SOCKET, SO_KEEPALIVE, 1)
        set(number, tcp, TCP_NODELAY, 0)
        Glibc.listen(number, 0)
        #expect(listener.setBack() == ListenerChanges())
        #expect(get(number, SOL_SOCKET, SO_KEEPALIVE) == 0)
        #expect(get(number, tcp, TCP_NODELAY) == 1)
        let clients = try [connected(to: listener.bound).release(), connected(to: listener.bound).release()]
        let waiting = listener.waitingClients
        #expect(waiting == 2)
        for client in clients { close(client) }
    }

    @Test("what cannot be set back is told, and a new socket takes the address", arguments: [lockFilter, -1])
    func replaced(option: Int32) throws {
        var listener = try listen("127.0.0.1:0")
        let number = listener.descriptor.number
        if option == lockFilter { set(number, SOL_SOCKET, lockFilter, 1) } else { shutdown(number, Int32(SHUT_RDWR)) }
        // A port that the kernel chose goes with the shutdown.
        #expect(listener.setBack().left == (option == lockFilter ? ["SO_LOCK_FILTER"] : ["port"]))
        let bound = listener.bound
        try listener.replace()
        let again = listener.bound
        #expect(again == bound)
        #expect(listener.setBack() == ListenerChanges())
        let client = try connected(to: bound)
        #expect(try acceptConnection(from: listener.descriptor.number) != nil)
        _ = client
    }

    @Test("a unix socket that was shut down is replaced, and its file with it")
    func unix() throws {
        var listener = try listen("unix:\(directory.path)/s")
        shutdown(listener.descriptor.number, Int32(SHUT_RDWR))
        #expect(listener.setBack().left == ["shutdown"])
        let waiting = listener.waitingClients
        #expect(waiting == nil)
        try listener.replace()
        let isReachable = listener.isReachable
        #expect(isReachable)
        let client = try connected(to: listener.bound)
        #expect(try acceptConnection(from: listener.descriptor.number) != nil)
        _ = client
    }

    @Test("when the address is taken meanwhile, the replacement fails, and says why")
    func taken() throws {
        var listener = try listen("127.0.0.1:0")
        let copy = try Descriptor.duplicate(of: listener.descriptor.number)
        #expect(throws: SystemError("bind", Errno(98))) { try listener.replace() }
        _ = copy
    }
}
