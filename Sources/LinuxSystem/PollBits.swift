// The 64 bits that a poll set keeps with a descriptor: a kind and a number. Pure.
// Promises that a number never reaches into the bits of another kind, however long a process lives.

/// What epoll(7) keeps with a descriptor: eight bits of a kind, and 56 of a number.
package struct PollBits: Hashable, Sendable {
    package let kind: UInt8
    package let number: UInt64

    private static let numberBits: UInt64 = 56
    /// A million numbers in each second would get there in two thousand years.
    package static let mostNumber: UInt64 = 1 << numberBits - 1

    /// Stops the process at a number above ``mostNumber``.
    package init(kind: UInt8, number: UInt64 = 0) {
        precondition(number <= Self.mostNumber, "a token has 56 bits for a number")
        self.kind = kind
        self.number = number
    }

    package init(_ bits: UInt64) {
        kind = UInt8(bits >> Self.numberBits)
        number = bits & Self.mostNumber
    }

    package var bits: UInt64 { UInt64(kind) << Self.numberBits | number }
}
