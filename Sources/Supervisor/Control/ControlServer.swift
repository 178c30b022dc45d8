// The control socket, STATE/control, and the clients that are connected to it. Each client sends one request and gets
// one answer, each whole. The answer travels as sealed memory, so that sending it never waits, however long it is and
// however slow the client is.
// Promises that a socket file that is removed or replaced is made again, and that silent clients are dropped in time.
internal import Control
internal import LinuxSystem
internal import Wire

/// A program that has connected to the control socket.
final class ControlClient {
    let channel: MessageChannel
    /// The user, as the kernel reports it.
    let uid: UInt32
    let pid: Int32
    /// Kept for the memory of the answer.
    private var room: Descriptor?

    init(_ connection: consuming ControlConnection, room: consuming Descriptor?) {
        self.room = room
        uid = connection.uid
        pid = connection.pid
        channel = connection.takeChannel()
    }

    /// Whether it has closed its connection, or sends more than the one request that it has.
    var hasClosed: Bool {
        do throws(SystemError) {
            guard case .nothing = try channel.receive() else { return true }
            return false
        } catch {
            return true
        }
    }

    /// Sends the answer. A client that has closed its connection needs none.
    func reply(_ reply: ControlReply) {
        room = nil
        do throws(SystemError) {
            let memory = try SharedBytes(sealing: reply.wireBytes, name: "control reply")
            try channel.send([1], passing: [memory.descriptor.number])
        } catch {
            // The client has closed its connection.
        }
    }
}

/// The owner of the control socket and of its clients, until their requests are read.
struct ControlServer: ~Copyable {
    /// Something that the log says.
    enum Notice: Hashable {
        /// There is no socket; the next try is made after ``retryNanoseconds``.
        case unserved(SystemError)
        /// The socket's file was lost, and was made again.
        case restored
        /// Clients wait, because descriptors or memory are lacking.
        case paused(SystemError)
    }

    /// A request, or nil for one that this program does not know.
    struct Request {
        let client: ControlClient
        let request: ControlRequest?
    }

    private let state: String
    private var socket: ControlSocket?
    private var watch: FileWatch?
    /// Each with the time by which it must have sent its request, monotonic.
    private var clients: [UInt64: (client: ControlClient, askBy: Int64)] = [:]
    /// Monotonic: when to make the socket again; nil while it is there.
    private var openAt: Int64?
    /// Monotonic: when to accept again, after a lack of descriptors or memory; nil: clients are accepted.
    private var acceptAt: Int64?
    /// Whether such a lack was told, and clients wait since then.
    private var isShort = false
    private var reserve: DescriptorReserve?
    /// Clients that wait for a gate's answer.
    var queries = SourceQueries<ControlClient>()
    /// Clients of `drain` and `stop`; their connections close when the supervisor exits.
    private var waitingForEnd: [ControlClient] = []

    private static let mostClients = 16
    private static let mostWaiting = 64
    private static let askWithinNanoseconds: Int64 = 5_000_000_000
    static let retryNanoseconds: Int64 = 10_000_000_000
    static let pauseNanoseconds: Int64 = 100_000_000

    /// - Parameter state: the state directory.
    init(state: String) { self.state = state }

    var path: String { state + "/control" }

    /// Monotonic: when to call ``tend(at:_:)``; nil for never.
    var deadline: Int64? {
        ([openAt, acceptAt, queries.deadline].compactMap { $0 } + clients.values.map(\.askBy)).min()
    }

    /// Makes the socket.
    ///
    /// - Returns: why there is none now; it is tried again.
    mutating func open(at now: Int64, _ poller: inout Poller) -> SystemError? {
        socket = nil
        watch = nil
        do throws(SystemError) {
            try Files.makeDirectory(state, mode: 0o711)
            // The watch first, so that a loss after the socket was made is noticed.
            let watch = try FileWatch(path: path)
            let socket = try ControlSocket(path: path)
            try poller.add(watch.number, .controlFile)
            try poller.add(socket.number, .controlSocket)
            if reserve == nil { reserve = try DescriptorReserve() }
            self.watch = watch
            self.socket = consume socket
            (openAt, acceptAt) = (nil, nil)
            return nil
        } catch {
            _ = giveUp(because: error, at: now)
            return error
        }
    }

    /// Handles an event in the state directory: makes the socket again if its file is not there any more.
    mutating func fileChanged(at now: Int64, _ poller: inout Poller) -> Notice? {
        do throws(SystemError) {
            guard try watch?.hasChanged() == true, !isReachable else { return nil }
            return reopen(at: now, &poller)
        } catch {
            return giveUp(because: error, at: now)
        }
    }

    private var isReachable: Bool {
        switch socket {
        case .some(let socket): socket.isReachable
        case .none: false
        }
    }

    /// Drops silent clients, answers those whose gate is silent, and makes a socket again that could not be made.
    mutating func tend(at now: Int64, _ poller: inout Poller) -> Notice? {
        clients = clients.filter { now < $0.value.askBy }
        for (client, gate) in queries.expire(at: now) { client.reply(.refused(.gateSilent(pid: Int(gate)))) }
        reserve?.restore()
        if let due = acceptAt, now >= due { return acceptAgain(at: now, &poller) }
        guard let due = openAt, now >= due else { return nil }
        return reopen(at: now, &poller)
    }

    private mutating func acceptAgain(at now: Int64, _ poller: inout Poller) -> Notice? {
        acceptAt = nil
        do throws(SystemError) {
            switch socket {
            case .some(let socket): try poller.add(socket.number, .controlSocket)
            case .none: break
            }
            return nil
        } catch {
            return pause(because: error, at: now)
        }
    }

    private mutating func reopen(at now: Int64, _ poller: inout Poller) -> Notice {
        open(at: now, &poller).map { .unserved($0) } ?? .restored
    }

    /// Accepts the clients that wait. Beyond the limit, a connection closes at once. For lack of descriptors or memory,
    /// those in the queue wait for a while: they would wake the loop again and again.
    mutating func accept(at now: Int64, _ poller: inout Poller, number: () -> UInt64) -> Notice? {
        do throws(SystemError) {
            // One of them has room in any case.
            reserve?.giveUp()
            while let client = try nextClient() {
                guard clients.count < Self.mostClients else { continue }
                let number = number()
                try poller.add(client.channel.number, .client(number))
                clients[number] = (client, now + Self.askWithinNanoseconds)
            }
            isShort = false
            return nil
        } catch {
            return leaveWaiting(because: error, at: now, &poller)
        }
    }

    /// Takes the socket out of the poller for a while.
    private mutating func leaveWaiting(
        because error: SystemError, at now: Int64, _ poller: inout Poller
    ) -> Notice? {
        do throws(SystemError) {
            switch socket {
            case .some(let socket): try poller.remove(socket.number)
            case .none: break
            }
        } catch {
            return giveUp(because: error, at: now)
        }
        return pause(because: error, at: now)
    }

    /// - Returns: what the log says, once for each time of need.
    private mutating func pause(because error: SystemError, at now: Int64) -> Notice? {
        acceptAt = now + Self.pauseNanoseconds
        defer { isShort = true }
        return isShort ? nil : .paused(error)
    }

    /// Closes the socket for a while.
    private mutating func giveUp(because error: SystemError, at now: Int64) -> Notice {
        socket = nil
        watch = nil
        (openAt, acceptAt) = (now + Self.retryNanoseconds, nil)
        return .unserved(error)
    }

    /// The next client. Room for its answer comes first: a client without waits.
    private func nextClient() throws(SystemError) -> ControlClient? {
        let room: Descriptor
        switch reserve {
        case .some(let reserve): room = try reserve.copy()
        case .none: return nil
        }
        guard let connection = try nextConnection() else { return nil }
        return ControlClient(connection, room: room)
    }

    private func nextConnection() throws(SystemError) -> ControlConnection? {
        switch socket {
        case .some(let socket): return try socket.accept()
        case .none: return nil
        }
    }

    func isClient(_ number: UInt64) -> Bool { clients[number] != nil }

    /// Reads the request of a client, which is then no client of this socket any more.
    ///
    /// - Returns: nil when it has sent none, and closed its connection, or when there is no such client.
    mutating func request(of number: UInt64, _ poller: inout Poller) -> Request? {
        guard let (client, _) = clients.removeValue(forKey: number) else { return nil }
        do throws(SystemError) {
            guard case .message(let bytes, _) = try client.channel.receive() else { return nil }
            // A client that waits for an answer sends nothing more. Out of the poller, the end of its input cannot wake
            // the loop again and again.
            try poller.remove(client.channel.number)
            return Request(client: client, request: ControlRequest(wireBytes: bytes))
        } catch {
            return nil
        }
    }

    /// Whether one more client may wait for the supervisor's end. Those that have gone away are forgotten first.
    mutating func mayKeep() -> Bool {
        if waitingForEnd.count >= Self.mostWaiting { waitingForEnd.removeAll { $0.hasClosed } }
        return waitingForEnd.count < Self.mostWaiting
    }

    /// Keeps the connection of a client open until the supervisor's end.
    mutating func keepUntilEnd(_ client: ControlClient) { waitingForEnd.append(client) }

    /// Removes the socket's file, so that no client waits for a supervisor that has ended.
    mutating func close() -> SystemError? {
        guard let socket = socket.take() else { return nil }
        do throws(SystemError) {
            try socket.remove()
            return nil
        } catch {
            return error
        }
    }
}
