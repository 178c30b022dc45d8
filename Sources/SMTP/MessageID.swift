// The id of a message, which is the same in the reply, in its Received line and in every line of the log.
// Promises that an id is an atom of RFC 5322 (hexadecimal digits and `-`), so it needs no quotes anywhere, and that no
// two messages of a machine have the same id: it has the time, the process, the message's number in the process, and
// random bits in case the clock is set back.
public import HandlerKit

/// The id of a message, made when the server gets its MAIL.
public struct MessageID: Equatable, Sendable {
    /// Seconds since 1970.
    let seconds: UInt64
    /// The process id.
    let process: UInt32
    /// The message's number in the process, from 1.
    let number: UInt32
    /// Random bits.
    let random: UInt32

    /// The id of no message.
    static let none = MessageID(seconds: 0, process: 0, number: 0, random: 0)

    /// Appends the id in the form `68f3a2b1-3039-1-5f3a9c21`.
    public func append(to text: inout ShortText) {
        text.append(hexadecimal: seconds)
        text.append("-")
        text.append(hexadecimal: UInt64(process))
        text.append("-")
        text.append(hexadecimal: UInt64(number))
        text.append("-")
        text.append(hexadecimal: UInt64(random), minimumWidth: 8)
    }
}

/// Makes the ids of messages.
public struct MessageIDGenerator: Sendable {
    private let seconds: @Sendable () -> UInt64
    private let random: @Sendable () -> UInt32
    private let process: UInt32
    private var made: UInt32 = 0

    /// - Parameters:
    ///   - process: the process id.
    ///   - seconds: returns the time, in seconds since 1970.
    ///   - random: returns random bits.
    public init(
        process: UInt32, seconds: @escaping @Sendable () -> UInt64, random: @escaping @Sendable () -> UInt32
    ) {
        self.process = process
        self.seconds = seconds
        self.random = random
    }

    /// Makes the next id.
    mutating func next() -> MessageID {
        made += 1
        return MessageID(seconds: seconds(), process: process, number: made, random: random())
    }
}

extension MessageIDGenerator {
    /// A generator with the machine's clock, this process, and the kernel's random bits.
    public static var system: MessageIDGenerator {
        MessageIDGenerator(
            process: ProcessIdentity.pid, seconds: { WallClock.secondsSince1970 },
            random: { UInt32(truncatingIfNeeded: RandomBits.next()) })
    }
}
