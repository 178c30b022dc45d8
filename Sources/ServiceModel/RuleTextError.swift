// An error in the text of a rule, in `access` or in `dnsbl`.

/// Why a text is not a rule.
package struct RuleTextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The place in the text, in bytes from 0.
    package let offset: Int
    package let reason: String

    /// The reason, which says what was expected.
    package var description: String { reason }
}
