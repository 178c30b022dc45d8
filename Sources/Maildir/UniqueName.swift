// The name of a message's file, which no other delivery on any machine has.
// Sources: maildir(5), cr.yp.to/proto/maildir.html: TIME.UNIQUE.HOST. M, P, Q and R are the usual letters for
// microseconds, the process, the number of the delivery in the process, and a random number (of 64 bits, because in a
// container P may repeat).
internal import HandlerKit

/// The name of a message's file, the same in every Maildir that gets the message.
struct UniqueName {
    private let seconds: Int64
    private let microseconds: Int32
    private let process: UInt32
    private let delivery: Int
    private let random: UInt64
    private let host: StaticBytes

    /// The most bytes of the host in a name, which so has at most 255 bytes (NAME_MAX).
    static var hostLength: Int { 40 }

    /// - Parameters:
    ///   - delivery: a number that increases with each message of the process.
    ///   - host: the name of this machine.
    init(delivery: Int, host: StaticBytes) {
        let now = WallClock.microsecondsSince1970
        self.init(
            seconds: Int64(now / 1_000_000), microseconds: Int32(now % 1_000_000), process: ProcessIdentity.pid,
            delivery: delivery, random: RandomBits.next(), host: host)
    }

    init(seconds: Int64, microseconds: Int32, process: UInt32, delivery: Int, random: UInt64, host: StaticBytes) {
        self.seconds = seconds
        self.microseconds = microseconds
        self.process = process
        self.delivery = delivery
        self.random = random
        self.host = host
    }

    /// The name as a path. In the host, /, : and \, and bytes that are not visible ASCII, become \ and three octal
    /// digits.
    var text: Pathname {
        var text = ShortText()
        text.append(Int(seconds))
        text.append(".M")
        text.append(Int(microseconds))
        text.append("P")
        text.append(Int(process))
        text.append("Q")
        text.append(delivery)
        text.append("R")
        text.append(hexadecimal: random, minimumWidth: 16)
        text.append(".")
        let bytes = host.bytes
        for index in 0..<min(bytes.count, Self.hostLength) {
            let byte = bytes[index]
            if byte > 0x20 && byte < 0x7f && byte != 0x2f && byte != 0x3a && byte != 0x5c {
                text.append(byte: byte)
            } else {
                text.append("\\")
                text.append(octal: UInt64(byte), minimumWidth: 3)
            }
        }
        return Pathname(text.bytes)
    }
}
