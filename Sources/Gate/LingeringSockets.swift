// Where refused connections stand until they are closed: those whose peer is to read a message first, and those that are to
// wait for nothing (`refuse = "tarpit"`). A bounded number; who finds no place is closed at once.
internal import LinuxSystem
internal import Tables

/// Refused connections that are not closed yet.
struct LingeringSockets: ~Copyable {
    struct LingeringSocket: ~Copyable {
        let socket: Descriptor
        /// Monotonic.
        let until: Int64
    }

    private var places = FixedMap<Int, LingeringSocket>(capacity: most)
    private var lastNumber = 0
    /// Monotonic: when to look for those whose time is over; nil when there is nobody.
    private(set) var deadline: Int64?

    static let most = 256

    /// - Returns: its number; nil when there is no place, and the connection is closed.
    mutating func linger(_ socket: consuming Descriptor, until: Int64) -> Int? {
        guard !places.isFull else { return nil }
        lastNumber += 1
        places.insert(lastNumber, LingeringSocket(socket: socket, until: until))
        deadline = earlier(deadline, until)
        return lastNumber
    }

    /// Reads and forgets what came.
    ///
    /// - Returns: whether more may come.
    mutating func drain(_ number: Int) -> Bool { places.update(number) { $0.socket.discardInput() } ?? false }

    /// Closes one; nothing when it is gone already.
    mutating func close(_ number: Int) { _ = places.remove(number) }

    /// Closes those whose time is over.
    mutating func clear(at now: Int64) {
        guard let due = deadline, now >= due else { return }
        deadline = nil
        // Sixteen at a time: what is left is due at once.
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
