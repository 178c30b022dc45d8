// What a list says about an address, and how long the answer is valid.
// Promises: without an answer, or with one that no DNS block list gives, the address does not count as listed.
package import Addresses
internal import ServiceModel

/// A list's answer about one address.
package struct ListAnswer: Hashable, Sendable {
    package enum Word: Hashable, Sendable {
        /// With the addresses that the list answered, one or more.
        case listed([IPAddress])
        case notListed
        case unknown
    }

    package var word: Word
    /// How long the answer is valid.
    package var seconds: UInt32

    package init(_ word: Word, seconds: UInt32) {
        self.word = word
        self.seconds = seconds
    }

    /// The bounds of that time, in seconds: a list may change its data sooner or later than it says.
    package static let holding: ClosedRange<UInt32> = 60...3600
    /// For a negative answer that does not say how long it is valid, in seconds.
    static let standardNo: UInt32 = 300

    /// The answer is not known; the gate asks again soon.
    package static let unknown = ListAnswer(.unknown, seconds: 10)

    /// The meaning of a server's reply; nil when it is no reply to this question.
    ///
    /// If one address in the reply is not one that lists answer with, the whole reply means unknown.
    package init?(_ reply: DNSReply) {
        switch reply {
        case .foreign: return nil
        case .failed: self = .unknown
        case .none(let seconds): self.init(.notListed, seconds: Self.clamped(seconds ?? Self.standardNo))
        case .addresses(let addresses, let seconds):
            let isListed = addresses.allSatisfy(DNSBLRule.saysListed)
            self.init(isListed ? .listed(addresses) : .unknown, seconds: Self.clamped(seconds))
        }
    }

    private static func clamped(_ seconds: UInt32) -> UInt32 {
        min(max(seconds, holding.lowerBound), holding.upperBound)
    }
}
