// What is wrong with the text of a rule, wherever rules are texts: in `access` and in `dnsbl`.

/// Why a text is not a rule.
package struct RuleTextError: Error, Hashable, Sendable, CustomStringConvertible {
    /// Where in the text, in bytes from 0.
    package let offset: Int
    package let reason: String

    /// The reason, which says what was expected.
    package var description: String { reason }
}
