// The actions of a refusal: close, reset, send a message first, or let the client wait; and the sockets that stay open
// for a while after that. Nothing here waits or starts a process.
internal import Admission
internal import LinuxSystem
internal import ServiceModel

/// How a service refuses, and the refused connections that are not closed yet.
struct Refusals: ~Copyable {
    private let access: [AccessRule]
    private let dnsbl: [DNSBLRule]
    private let standard: RefusalAction
    private var lingering = LingeringSockets()

    /// The time that a peer has to read its message and close.
    static let lingerNanoseconds: Int64 = 2_000_000_000
    static let tarpitNanoseconds: Int64 = 60_000_000_000

    init(_ service: Service) {
        access = service.access
        dnsbl = service.admission.dnsbl
        standard = service.admission.refusal
    }

    /// Monotonic: when ``tend(at:)`` has a socket to close; nil for never.
    var deadline: Int64? { lingering.deadline }

    /// Closes the sockets that are past their deadlines.
    mutating func tend(at now: Int64) { lingering.clear(at: now) }

    func action(of refusal: Refusal) -> RefusalAction {
        switch refusal {
        // The peer has closed, so it can neither read a message nor wait.
        case .plain(.noData), .proxyHeader(.cut): .close
        default: refusal.actionOfRule(access, dnsbl) ?? standard
        }
    }

    /// Ends a refused connection by an action.
    mutating func perform(
        _ action: RefusalAction, on socket: consuming Descriptor, _ poller: borrowing some PollSet & ~Copyable,
        at now: Int64
    ) {
        switch action {
        case .close: break
        case .message(let text): sendThenLinger(from: socket, saying: text, poller, at: now)
        case .reset:
            // A failure is ignored: a socket that cannot be reset is closed.
            socket.resetAtClose()
        case .tarpit: _ = lingering.linger(socket, until: now + Self.tarpitNanoseconds)
        }
    }

    /// Sends the message, and closes when the peer has closed. An earlier close could reset the connection before the
    /// peer reads the message. Source: RFC 1122 4.2.2.13.
    private mutating func sendThenLinger(
        from socket: consuming Descriptor, saying text: String, _ poller: borrowing some PollSet & ~Copyable,
        at now: Int64
    ) {
        guard socket.sendAtOnce(text.utf8.span), socket.endOutput() else { return }
        let number = socket.number
        guard let place = lingering.linger(socket, until: now + Self.lingerNanoseconds) else { return }
        do throws(SystemError) {
            try poller.add(number, .lingering(place))
        } catch {
            lingering.close(place)
        }
    }

    /// Discards input of a lingering socket, and closes it when its peer has closed.
    mutating func readInput(of number: Int) {
        if !lingering.drain(number) { lingering.close(number) }
    }
}
