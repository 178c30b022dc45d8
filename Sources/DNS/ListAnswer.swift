// What a list says about an address, and for how long that is believed.
// Promises: who does not answer, or not as lists do, has said nothing; nobody is taken for listed by it.
package import Addresses
internal import ServiceModel

/// A list's word on one address.
package struct ListAnswer: Hashable, Sendable {
    package enum Word: Hashable, Sendable {
        /// With the answers that it gave, one or more.
        case listed([IPAddress])
        case notListed
        case unknown
    }

    package var word: Word
    /// How long it holds.
    package var seconds: UInt32

    package init(_ word: Word, seconds: UInt32) {
        self.word = word
        self.seconds = seconds
    }

    /// In seconds: a list may change its mind sooner or later than it says.
    package static let holding: ClosedRange<UInt32> = 60...3600
    /// Of a "no" that does not say how long it holds, in seconds.
    static let standardNo: UInt32 = 300

    /// Nobody knows; soon to be asked again.
    package static let unknown = ListAnswer(.unknown, seconds: 10)

    /// What a server's reply means; nil: nothing, for it is not to this question.
    ///
    /// An answer that no list gives for a listed address spoils all others in the reply.
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
