// Capabilities as the administrator writes them: the text form of an IAB set, which libcap reads.
// Source: cap_iab(3): `^cap_x` ambient and inheritable, `%cap_x` inheritable, `!cap_x` blocked from the bounding set.
internal import Clibcap

/// The capabilities of a service. Bit n is capability n (capabilities(7)).
package struct CapabilitySets: Hashable, Sendable {
    /// What handlers have after exec, in the permitted and the effective set.
    package var ambient: UInt64
    /// What handlers inherit without having it yet. Contains ``ambient``.
    package var inheritable: UInt64

    /// No capability at all.
    package static let none = CapabilitySets(ambient: 0, inheritable: 0)

    /// The bounding set: no execve gives more.
    package var bounding: UInt64 { inheritable | ambient }

    package init(ambient: UInt64, inheritable: UInt64) {
        self.ambient = ambient
        self.inheritable = inheritable | ambient
    }

    /// Reads libcap's text. nil when libcap does not know a name in it, or a name is missing.
    package init?(text: String) {
        if text.isEmpty {
            self = .none
            return
        }
        // libcap ignores a flag without a name; here it counts as a forgotten name.
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
        // Dropped on purpose: cap_free fails only for memory that is not libcap's.
        _ = unsafe cap_free(UnsafeMutableRawPointer(iab))
        // A capability that is not listed is blocked anyway. One that is listed cannot be blocked.
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
            "'\(text)' is not an IAB set, or blocks what it lists; "
            + "expected something like \"^cap_net_bind_service\" (cap_iab(3))"
    }
}
