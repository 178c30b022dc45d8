// Capabilities as administrators write them, read by libcap: the text form of an IAB set.
// Source: cap_iab(3): `^cap_x` ambient and inheritable, `%cap_x` inheritable, `!cap_x` blocked from the bounding set.
internal import Clibcap

/// The capabilities that a service is given. Bit n is capability n (capabilities(7)).
package struct CapabilitySets: Hashable, Sendable {
    /// What handlers have after exec: permitted and effective.
    package var ambient: UInt64
    /// What handlers inherit without having it. Contains ``ambient``.
    package var inheritable: UInt64

    /// No capability at all.
    package static let none = CapabilitySets(ambient: 0, inheritable: 0)

    /// The bounding set: what no execve can go beyond.
    package var bounding: UInt64 { inheritable | ambient }

    package init(ambient: UInt64, inheritable: UInt64) {
        self.ambient = ambient
        self.inheritable = inheritable | ambient
    }

    /// Reads libcap's text; nil when libcap does not understand every name in it, or a name is missing.
    package init?(text: String) {
        if text.isEmpty {
            self = .none
            return
        }
        // libcap takes a flag without a name for nothing; here it is a name that was forgotten.
        let names = text.split(separator: ",", omittingEmptySubsequences: false)
        guard names.allSatisfy({ name in name.contains { !"!^%".contains($0) } }) else { return nil }
        guard let iab = unsafe cap_iab_from_text(text) else { return nil }
        var (ambient, inheritable, blocked): (UInt64, UInt64, UInt64) = (0, 0, 0)
        for capability in 0..<CapabilitySets.known {
            // Sound: `iab` is libcap's own object until cap_free.
            if unsafe cap_iab_get_vector(iab, CAP_IAB_AMB, capability) == CAP_SET { ambient |= 1 << capability }
            if unsafe cap_iab_get_vector(iab, CAP_IAB_INH, capability) == CAP_SET { inheritable |= 1 << capability }
            if unsafe cap_iab_get_vector(iab, CAP_IAB_BOUND, capability) == CAP_SET { blocked |= 1 << capability }
        }
        // cap_free fails only for what is not libcap's.
        _ = unsafe cap_free(UnsafeMutableRawPointer(iab))
        // What is not listed is blocked anyway; what is listed cannot be.
        guard blocked & (ambient | inheritable) == 0 else { return nil }
        self.init(ambient: ambient, inheritable: inheritable)
    }

    /// How many capabilities the running kernel has.
    static var known: cap_value_t { min(cap_max_bits(), 64) }

    /// Why a text is not a capability set, or nil when it is one.
    package static func problem(with text: String) -> String? {
        if CapabilitySets(text: text) != nil { return nil }
        for name in text.split(separator: ",") {
            let bare = name.drop { "!^%".contains($0) }
            var value: cap_value_t = 0
            if unsafe cap_from_name(String(bare), &value) != 0 {
                return "'\(bare)' is not a capability; expected names like cap_net_bind_service (capabilities(7))"
            }
        }
        return
            "'\(text)' is not an IAB set, or blocks what it lists; expected something like \"^cap_net_bind_service\" (cap_iab(3))"
    }
}
