// Refused connections that are not closed yet: the peer is to read a message first, or is to wait for nothing (`refuse
// = "tarpit"`). Their number is limited; when the table is full, a connection is closed at once.
internal import LinuxSystem
internal import Tables

/// The lingering sockets of one gate.
struct LingeringSockets: ~Copyable {
    struct LingeringSocket: ~Copyable {
        let socket: Descriptor
        /// Monotonic.
        let until: Int64
    }

    private var places = FixedMap<Int, LingeringSocket>(capacity: most)
    private var lastNumber = 0
    /// Monotonic: when to look for sockets that are past their deadlines; nil when there are none.
    private(set) var deadline: Int64?

    static let most = 256

    /// - Returns: the socket's number; nil when the table is full, and the socket is closed.
    mutating func linger(_ socket: consuming Descriptor, until: Int64) -> Int? {
        guard !places.isFull else { return nil }
        lastNumber += 1
        places.insert(lastNumber, LingeringSocket(socket: socket, until: until))
        deadline = earlier(deadline, until)
        return lastNumber
    }

    /// Reads and discards the input that has come.
    ///
    /// - Returns: whether more input may come.
    mutating func drain(_ number: Int) -> Bool { places.update(number) { $0.socket.discardInput() } ?? false }

    /// Closes a socket; does nothing if it is closed already.
    mutating func close(_ number: Int) { _ = places.remove(number) }

    /// Closes the sockets that are past their deadlines.
    mutating func clear(at now: Int64) {
        guard let due = deadline, now >= due else { return }
        deadline = nil
        // Sixteen at a time. The deadline stays due while more are left.
        var over = InlineArray<16, Int>(repeating: 0)
        var count = 0
        var next: Int64?
        places.forEach { number, lingering in
            if now >= lingering.until, count < 16 {
                over[count] = number
                count += 1
            } else {
                next = earlier(next, lingering.until)
            }
        }
        for index in 0..<count { _ = places.remove(over[index]) }
        deadline = next
    }
}
