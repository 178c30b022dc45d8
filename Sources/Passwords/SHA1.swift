// SHA-1, for hashes of the form {SHA}. They have no salt and are quick to compute, so they are supported for existing
// files only.
// Source: RFC 3174 5, 6.1.

/// The state of SHA-1.
struct SHA1Core: DigestCore {
    static var byteOrder: ByteOrder { .highestFirst }

    private var state: InlineArray<5, UInt32> = [0x6745_2301, 0xefcd_ab89, 0x98ba_dcfe, 0x1032_5476, 0xc3d2_e1f0]

    mutating func compress(_ block: borrowing DigestBlock) {
        // The last sixteen words of the schedule; each takes the place of the word sixteen before it.
        var words = InlineArray<16, UInt32>(repeating: 0)
        for index in 0..<16 { words[index] = UInt32(block, at: 4 * index, .highestFirst) }
        var (a, b, c, d, e) = (state[0], state[1], state[2], state[3], state[4])
        for step in 0..<80 {
            let place = step % 16
            if step >= 16 {
                let mixed =
                    words[(step - 3) % 16] ^ words[(step - 8) % 16] ^ words[(step - 14) % 16] ^ words[place]
                words[place] = mixed.rotated(left: 1)
            }
            let (mixed, constant): (UInt32, UInt32) =
                switch step / 20 {
                case 0: (b & c | ~b & d, 0x5a82_7999)
                case 1: (b ^ c ^ d, 0x6ed9_eba1)
                case 2: (b & c | b & d | c & d, 0x8f1b_bcdc)
                default: (b ^ c ^ d, 0xca62_c1d6)
                }
            let sum = a.rotated(left: 5) &+ mixed &+ e &+ words[place] &+ constant
            (a, b, c, d, e) = (sum, a, b.rotated(left: 30), c, d)
        }
        state = [state[0] &+ a, state[1] &+ b, state[2] &+ c, state[3] &+ d, state[4] &+ e]
    }

    /// 20 bytes.
    var bytes: InlineArray<20, UInt8> {
        InlineArray { state[$0 / 4].byte($0 % 4, .highestFirst) }
    }
}
