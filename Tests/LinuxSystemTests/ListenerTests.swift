import Addresses
import Glibc
import ServiceModel
import TestSupport
import Testing

@testable import LinuxSystem

private func listen(_ text: String) throws -> Listener {
    try Listener(try #require(ListenAddress(text)), options: SocketOptions())
}

struct ListenerTests {
    private let directory: TemporaryDirectory

    init() throws { directory = try TemporaryDirectory() }

    @Test(
        "port 0 becomes the port that the kernel chose", arguments: ["127.0.0.1:0", "0.0.0.0:0", "[::1]:0", "[::]:0"])
    func portZero(text: String) throws {
        let listener = try listen(text)
        guard case .ip(let asked, _)? = ListenAddress(text), case .ip(let bound, let port) = listener.bound else {
            Issue.record("the listener has no internet address")
            return
        }
        #expect(bound == asked)
        #expect(port != 0)
    }

    @Test("a listener is non-blocking and close-on-exec; an accepted connection is blocking and close-on-exec")
    func flags() throws {
        for listener in [try OneListener(listen("127.0.0.1:0")), OneListener(try listen("unix:\(directory.path)/s"))] {
            let number = listener.number
            #expect(isNonBlocking(number))
            #expect(isCloseOnExec(number))
            let client = try connected(to: listener.bound)
            let accepted = try #require(try OneConnection(acceptConnection(from: number)))
            #expect(!isNonBlocking(accepted.number))
            #expect(isCloseOnExec(accepted.number))
            _ = client
        }
    }

    /// Whether this kernel lets this user attach a filter: some kernels let only root.
    private static let mayFilter: Bool = {
        do {
            try OneListener(listen("127.0.0.1:0")).listener.dropNewConnections()
            return true
        } catch let error as SystemError {
            return Accounts.isRoot || error.errno != .notPermitted
        } catch {
            return true
        }
    }()

    @Test(
        "a listener that drops new connections keeps those that it has",
        .enabled(if: mayFilter, "this kernel lets only root filter"), arguments: ["127.0.0.1", "::1"])
    func newConnections(address: String) throws {
        let listener = try OneListener(listen(address == "::1" ? "[::1]:0" : "127.0.0.1:0"))
        let early = try attempt(from: address, to: listener.bound)
        #expect(isReady(early.number, POLLOUT, milliseconds: 5000))
        try listener.listener.dropNewConnections()
        let late = try attempt(from: address, to: listener.bound)
        let accepted = try #require(try OneConnection(acceptConnection(from: listener.number)))
        // Sound: a string of one byte.
        #expect(unsafe send(early.number, "x", 1, 0) == 1)
        #expect(isReady(accepted.number, POLLIN, milliseconds: 5000))
        #expect(!isReady(late.number, POLLOUT, milliseconds: 50))
        #expect(try OneConnection(acceptConnection(from: listener.number)) == nil)
    }

    @Test("an accepted connection knows its peer", arguments: ["127.0.0.1:0", "[::1]:0"])
    func peer(text: String) throws {
        let listener = try listen(text)
        let client = try connected(to: listener.bound)
        let accepted = try #require(try OneConnection(acceptConnection(from: listener.descriptor.number)))
        let local = try #require(try Listener.localAddress(of: client.number))
        guard case .ip(let address, let port) = local else { return }
        #expect(accepted.peer == .ip(address, port: port))
        #expect(try Listener.localAddress(of: accepted.number) == listener.bound)
    }

    @Test("the kernel names the user of a peer on a unix socket")
    func unixPeer() throws {
        let listener = try listen("unix:\(directory.path)/s")
        let client = try connected(to: listener.bound)
        let accepted = try #require(try OneConnection(acceptConnection(from: listener.descriptor.number)))
        guard case .unix(let uid, _, let pid) = accepted.peer else {
            Issue.record("\(accepted.peer) is not a local peer")
            return
        }
        #expect(uid == Accounts.effectiveUser)
        #expect(pid == Processes.ownPID)
        #expect(try Listener.localAddress(of: client.number) == nil)
    }

    @Test("without a waiting client, accept returns nil at once", arguments: ["127.0.0.1:0", "[::]:0"])
    func noClient(text: String) throws {
        let listener = try listen(text)
        let accepted = try OneConnection(acceptConnection(from: listener.descriptor.number))
        #expect(accepted == nil)
    }

    @Test("a peer that resets before it is accepted costs one connection and is no error")
    func resetBeforeAccept() throws {
        let listener = try listen("127.0.0.1:0")
        for _ in 0..<20 { reset(try connected(to: listener.bound)) }
        var taken = 0
        // The kernel may return a dead connection or skip it. In both cases the next client is accepted.
        let client = try connected(to: listener.bound)
        let wanted = try #require(try Listener.localAddress(of: client.number))
        for _ in 0..<21 {
            guard let accepted = try OneConnection(acceptConnection(from: listener.descriptor.number)) else { continue }
            if case .ip(let address, let port) = accepted.peer, .ip(address, port: port) == wanted { taken += 1 }
        }
        #expect(taken == 1)
    }

    @Test("an IPv6 listener never takes IPv4 clients: both wildcards share a port")
    func onlyIPv6() throws {
        let six = try listen("[::]:0")
        guard case .ip(_, let port) = six.bound else { return }
        let four = try Listener(.ip(.v4(0), port: port), options: SocketOptions())
        let client = try connected(to: .ip(.v4(0x7f00_0001), port: port))
        #expect(try OneConnection(acceptConnection(from: six.descriptor.number)) == nil)
        let accepted = try #require(try OneConnection(acceptConnection(from: four.descriptor.number)))
        guard case .ip(.v4(0x7f00_0001), _) = accepted.peer else {
            Issue.record("\(accepted.peer) is not 127.0.0.1")
            return
        }
        _ = client
    }

    @Test("an address in use is an error with a reason", arguments: ["127.0.0.1:0", "[::1]:0"])
    func taken(text: String) throws {
        let listener = try listen(text)
        let bound = listener.bound
        #expect(throws: SystemError("bind", Errno(98))) { _ = try Listener(bound, options: SocketOptions()) }
    }

    @Test("a unix socket has the mode of its service", arguments: [UInt32(0o600), 0o660, 0o666, 0o000])
    func mode(mode: UInt32) throws {
        var options = SocketOptions()
        options.mode = mode
        let path = "\(directory.path)/s"
        var listener = try Listener(.unix(path: path), options: options)
        #expect(try TemporaryDirectory.mode(of: path) == mode)
        options.mode = 0o640
        try listener.setOptions(options)
        #expect(try TemporaryDirectory.mode(of: path) == 0o640)
    }

    @Test(
        "a unix socket has the owner and group of its service; a removed key removes the right too",
        .enabled(if: Accounts.isRoot))
    func owner() throws {
        var options = SocketOptions()
        options.owner = 1234
        options.group = 5678
        let path = "\(directory.path)/s"
        var listener = try Listener(.unix(path: path), options: options)
        #expect(try TemporaryDirectory.owner(of: path) == (1234, 5678))
        options.owner = nil
        options.group = 99
        try listener.setOptions(options)
        #expect(try TemporaryDirectory.owner(of: path) == (0, 99))
    }

    @Test("a socket file that no process listens on is replaced")
    func stale() throws {
        let address = ListenAddress.unix(path: "\(directory.path)/s")
        do { _ = try Listener(address, options: SocketOptions()) }
        #expect(Files.exists("\(directory.path)/s"))
        let second = try Listener(address, options: SocketOptions())
        let client = try connected(to: address)
        #expect(try OneConnection(acceptConnection(from: second.descriptor.number)) != nil)
        _ = client
    }

    @Test("a socket that a process listens on is left alone")
    func live() throws {
        let address = ListenAddress.unix(path: "\(directory.path)/s")
        let first = try Listener(address, options: SocketOptions())
        #expect(throws: SystemError("bind", Errno(98))) { _ = try Listener(address, options: SocketOptions()) }
        // The probe was a connection, and is gone; the next client is served.
        let client = try connected(to: address)
        var accepted = 0
        while let connection = try OneConnection(acceptConnection(from: first.descriptor.number)) {
            accepted += connection.number > 2 ? 1 : 0
        }
        #expect(accepted == 2)
        _ = client
    }

    @Test("a file that is no socket is left alone")
    func otherFile() throws {
        let path = try directory.write("s", "precious")
        #expect(throws: SystemError("bind", Errno(98))) {
            _ = try Listener(.unix(path: path), options: SocketOptions())
        }
        #expect(text(try Files.read(path, most: 100)) == "precious")
    }

    @Test("a path of the greatest length is bound and served")
    func longPath() throws {
        let room = ListenAddress.longestUnixPath - directory.path.utf8.count - 1
        let path = "\(directory.path)/" + String(repeating: "s", count: room)
        let listener = try Listener(.unix(path: path), options: SocketOptions())
        #expect(try Files.isSocket(path) == true)
        let client = try connected(to: .unix(path: path))
        #expect(try OneConnection(acceptConnection(from: listener.descriptor.number)) != nil)
        _ = client
    }

    @Test("without a free descriptor, accept fails and takes no connection")
    func noDescriptor() async {
        await #expect(processExitsWith: .success) {
            let listener = try listen("127.0.0.1:0")
            let client = try connected(to: listener.bound)
            let limits = OwnLimits.get(7)
            // The number that the next descriptor would get, whatever this process inherited.
            let lowestFree = try Startup.openNull().number
            OwnLimits.set(7, soft: UInt64(lowestFree))
            #expect(throws: SystemError("accept", .filesExhausted)) {
                _ = try OneConnection(acceptConnection(from: listener.descriptor.number))
            }
            OwnLimits.set(7, soft: limits.soft)
            let accepted = try OneConnection(acceptConnection(from: listener.descriptor.number))
            #expect(accepted != nil)
            _ = client
        }
    }
}

/// A copyable reference to a listener, for tests that have several.
private final class OneListener {
    let listener: Listener

    init(_ listener: consuming Listener) { self.listener = listener }

    var number: Int32 { listener.descriptor.number }
    var bound: ListenAddress { listener.bound }
}

/// A copyable reference to a connection, which #expect can use.
private final class OneConnection: Equatable {
    let connection: AcceptedConnection

    init?(_ connection: consuming AcceptedConnection?) {
        guard let connection else { return nil }
        self.connection = connection
    }

    var number: Int32 { connection.descriptor.number }
    var peer: Peer { connection.peer }

    static func == (a: OneConnection, b: OneConnection) -> Bool { a === b }
}
