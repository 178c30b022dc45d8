// The common part of MD5 and SHA-1: a message is cut into blocks of 64 bytes, padded, and ends with its length.
// Promises that the result depends on the bytes alone, not on how they are passed. Allocates nothing.
// Sources: RFC 1321 3.1 and 3.2, RFC 3174 4.

/// A block of a message.
typealias DigestBlock = InlineArray<64, UInt8>

/// The order of the bytes in a number.
enum ByteOrder {
    case lowestFirst
    case highestFirst
}

/// The state of a digest, and how one block changes it.
protocol DigestCore {
    /// The bytes of the digest.
    associatedtype Bytes
    /// The byte order of the message's length.
    static var byteOrder: ByteOrder { get }
    /// The state before the first block.
    init()
    /// Changes the state by one block.
    mutating func compress(_ block: borrowing DigestBlock)
    /// The state as bytes.
    var bytes: Bytes { get }
}

/// A digest of bytes that are added one after the other.
struct Digest<Core: DigestCore> {
    private var core = Core()
    private var block = DigestBlock(repeating: 0)
    private var count: UInt64 = 0

    /// Adds one byte.
    mutating func add(byte: UInt8) {
        block[Int(count % 64)] = byte
        count += 1
        if count % 64 == 0 { core.compress(block) }
    }

    /// Adds bytes.
    mutating func add(_ bytes: borrowing Span<UInt8>) {
        for index in bytes.indices { add(byte: bytes[index]) }
    }

    /// Returns the digest of all bytes that were added.
    consuming func finish() -> Core.Bytes {
        let bits = count &* 8
        add(byte: 0x80)
        while count % 64 != 56 { add(byte: 0) }
        for index in 0..<8 {
            let shift = Core.byteOrder == .lowestFirst ? index * 8 : 56 - index * 8
            add(byte: UInt8(truncatingIfNeeded: bits >> UInt64(shift)))
        }
        return core.bytes
    }
}

extension UInt32 {
    /// The number rotated to the left by this many bits.
    func rotated(left count: UInt32) -> UInt32 { self << count | self >> (32 - count) }

    /// The number in four bytes of a block.
    init(_ block: borrowing DigestBlock, at index: Int, _ order: ByteOrder) {
        self = 0
        for offset in 0..<4 {
            self = self << 8 | UInt32(block[index + (order == .highestFirst ? offset : 3 - offset)])
        }
    }

    /// The byte with an index, from 0, in a byte order.
    func byte(_ index: Int, _ order: ByteOrder) -> UInt8 {
        UInt8(truncatingIfNeeded: self >> UInt32(8 * (order == .lowestFirst ? index : 3 - index)))
    }
}
