import Addresses

/// The first and last address of a prefix, and their neighbours.
func edges(of prefix: IPPrefix) -> [IPAddress] {
    switch prefix.network {
    case .v4(let first):
        let last = first | (prefix.length == 32 ? 0 : UInt32.max >> UInt32(prefix.length))
        return [first, last, first &- 1, last &+ 1].map { .v4($0) }
    case .v6(let first):
        let last = first | (prefix.length == 128 ? 0 : UInt128.max >> UInt128(prefix.length))
        return [first, last, first &- 1, last &+ 1].map { IPAddress(v6Bits: $0) }
    }
}
