// What MD5 and SHA-1 have in common: a message is cut into blocks of 64 bytes, padded, and its length stands at the end.
// Promises that the result depends on the bytes alone, not on how they came; allocates nothing.
// Sources: RFC 1321 3.1 and 3.2, RFC 3174 4.

/// 64 bytes of a message.
typealias DigestBlock = InlineArray<64, UInt8>

/// In which order the bytes of a number stand.
enum ByteOrder {
    case lowestFirst
    case highestFirst
}

/// How one block changes the state.
protocol DigestCore {
    /// The digest's bytes.
    associatedtype Bytes
    /// How the message's length is written.
    static var byteOrder: ByteOrder { get }
    /// The state before the first block.
    init()
    /// Takes in one block.
    mutating func compress(_ block: borrowing DigestBlock)
    /// The state as bytes.
    var bytes: Bytes { get }
}

/// A digest of bytes that come one after the other.
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

    /// The digest of everything that was added.
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
    /// The bits moved to the left, and those that fall off put in at the right.
    func rotated(left count: UInt32) -> UInt32 { self << count | self >> (32 - count) }

    /// The number that four bytes of a block are.
    init(_ block: borrowing DigestBlock, at index: Int, _ order: ByteOrder) {
        self = 0
        for offset in 0..<4 {
            self = self << 8 | UInt32(block[index + (order == .highestFirst ? offset : 3 - offset)])
        }
    }

    /// The byte of this number, from 0, in this order.
    func byte(_ index: Int, _ order: ByteOrder) -> UInt8 {
        UInt8(truncatingIfNeeded: self >> UInt32(8 * (order == .lowestFirst ? index : 3 - index)))
    }
}
