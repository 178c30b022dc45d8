// An IPv4 or IPv6 address as a number: the form in which addresses are compared, counted and looked up.
// Promises that an IPv4-mapped IPv6 address (RFC 4291 2.5.5.2) never exists as IPv6: it is an IPv4 address from the
// start.
// Never resolves a name. IPAddress+Text.swift reads and writes the text.

/// An address in its own family.
package enum IPAddress: Hashable, Sendable {
    case v4(UInt32)
    case v6(UInt128)

    /// The address in a `sockaddr_in6`; an IPv4-mapped one becomes IPv4.
    ///
    /// Source: RFC 4291 2.5.5.2.
    package init(v6Bits bits: UInt128) {
        if bits >> 32 == 0xffff {
            self = .v4(UInt32(truncatingIfNeeded: bits))
        } else {
            self = .v6(bits)
        }
    }

    /// The number of bits of an address of this family: 32 or 128.
    package var bitWidth: Int {
        switch self {
        case .v4: 32
        case .v6: 128
        }
    }

    /// Whether this is 0.0.0.0 or ::, which a listener binds for every address of the machine.
    package var isUnspecified: Bool {
        switch self {
        case .v4(let bits): bits == 0
        case .v6(let bits): bits == 0
        }
    }

    /// Whether only this machine can reach it: 127.0.0.0/8 or ::1. Source: RFC 1122, 3.2.1.3; RFC 4291, 2.5.3.
    package var isLoopback: Bool {
        switch self {
        case .v4(let bits): bits >> 24 == 127
        case .v6(let bits): bits == 1
        }
    }

    /// The address with all but its first `length` bits cleared.
    ///
    /// - Parameter length: 0 to ``bitWidth``; more means all bits.
    package func masked(toPrefix length: Int) -> IPAddress {
        switch self {
        case .v4(let bits):
            length >= 32 ? self : .v4(length <= 0 ? 0 : bits & ~(UInt32.max >> UInt32(length)))
        case .v6(let bits):
            length >= 128 ? self : .v6(length <= 0 ? 0 : bits & ~(UInt128.max >> UInt128(length)))
        }
    }
}
