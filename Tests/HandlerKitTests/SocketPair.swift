// The peer's side of a connection under test. With a sequenced-packet socket each read returns exactly one of the
// pieces that were sent, so a test decides how the stream is cut, without threads and without sleeping.
import Glibc

@testable import HandlerKit

/// A descriptor that its deinit closes.
struct Descriptor: ~Copyable {
    let number: Int32

    deinit { close(number) }

    /// Sends each piece as one packet or write.
    func send(_ pieces: [[UInt8]]) {
        for piece in pieces {
            // Sound: the address and the count are those of the array.
            let sent = unsafe piece.withUnsafeBytes { unsafe write(number, $0.baseAddress, $0.count) }
            precondition(sent == piece.count)
        }
    }

    /// Reads once.
    func receive() -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: 65536) { buffer, count in
            // Sound: the address and the size are those of the buffer.
            unsafe count = max(0, read(number, buffer.baseAddress, buffer.count))
        }
    }

    /// Reads everything up to the end of input.
    func receiveAll() -> [UInt8] {
        var all: [UInt8] = []
        while true {
            let piece = receive()
            if piece.isEmpty { return all }
            all += piece
        }
    }

    /// Reads the packets that are there now.
    func receivePackets() -> [[UInt8]] {
        _ = fcntl(number, F_SETFL, O_NONBLOCK)
        var packets: [[UInt8]] = []
        while true {
            let packet = receive()
            if packet.isEmpty { return packets }
            packets.append(packet)
        }
    }
}

/// The two ends of a socketpair(2).
struct SocketPair: ~Copyable {
    let ours: Descriptor
    let peers: Descriptor

    init(_ type: __socket_type) {
        var ends: [Int32] = [0, 0]
        // Sound: the call fills two numbers.
        let result = unsafe socketpair(AF_UNIX, Int32(type.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0, &ends)
        precondition(result == 0)
        ours = Descriptor(number: ends[0])
        peers = Descriptor(number: ends[1])
    }
}

/// Runs a reader over bytes that are cut in this way, and then end. If the buffer is too small for the text, the stream
/// is cut where the buffer is full, because the kernel would drop the rest of a packet.
func reading<Result>(
    _ text: String, _ cut: Segmentation, capacity: Int = 64,
    _ body: (inout Connection) throws(ConnectionError) -> Result
) throws(ConnectionError) -> Result {
    let input = SocketPair(capacity < text.utf8.count ? SOCK_STREAM : SOCK_SEQPACKET)
    let output = SocketPair(SOCK_SEQPACKET)
    input.peers.send(cut.pieces(of: Array(text.utf8)))
    shutdown(input.peers.number, Int32(SHUT_WR))
    var connection = Connection(input: input.ours.number, output: output.ours.number, capacity: capacity)
    return try body(&connection)
}

extension Connection {
    /// The bytes of a slice, as text.
    func text(_ slice: InputSlice) -> String {
        let bytes = bytes(of: slice)
        return String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self)
    }
}
