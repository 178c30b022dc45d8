// The form of a message on a channel between two of our own processes: a letter for its kind, a version, and its fields
// in the form of Wire.
// Two programs may differ in age, when one was replaced while the other runs. So a kind or a version that a program
// does not know is not an error: it ignores the message. A known one with other fields is nonsense, which no program of
// ours sends.
package import Wire

/// A message of one direction of a channel.
package protocol ChannelMessage: Hashable, Sendable {
    /// The letters of the kinds. A letter that was given up is never used again.
    associatedtype Kind: RawRepresentable<UInt8>

    var kind: Kind { get }
    func writeFields(to writer: inout WireWriter)
    init(_ kind: Kind, from reader: inout WireReader) throws(WireError)
}

/// What the bytes of a message are.
package enum MessageReading<Message: ChannelMessage>: Hashable, Sendable {
    case message(Message)
    /// A kind, or a version of it, that this program does not know.
    case unknown
    case nonsense
}

/// The version of the messages of this program. It changes when the fields of a kind do.
private let version: UInt8 = 1

extension ChannelMessage {
    package var bytes: [UInt8] {
        var writer = WireWriter()
        writeFields(to: &writer)
        return [kind.rawValue, version] + writer.bytes
    }

    /// Reads a message. Any bytes have a result.
    package static func read(_ bytes: [UInt8]) -> MessageReading<Self> {
        guard bytes.count >= 2 else { return bytes.isEmpty ? .nonsense : .unknown }
        guard let kind = Kind(rawValue: bytes[0]), bytes[1] == version else { return .unknown }
        var reader = WireReader(Array(bytes[2...]))
        do throws(WireError) {
            let message = try Self(kind, from: &reader)
            return reader.isAtEnd ? .message(message) : .nonsense
        } catch {
            return .nonsense
        }
    }

    /// nil for bytes that are no message which this program knows.
    package init?(_ bytes: [UInt8]) {
        guard case .message(let message) = Self.read(bytes) else { return nil }
        self = message
    }
}
