// Sets the five capability sets of this process and reads them back. By libcap (cap_get_proc(3)).
internal import Clibcap
package import LinuxSystem

/// The five sets as the kernel has them. Bit n is capability n.
package struct ProcessCapabilities: Hashable, Sendable {
    package var permitted: UInt64 = 0
    package var effective: UInt64 = 0
    package var inheritable: UInt64 = 0
    package var bounding: UInt64 = 0
    package var ambient: UInt64 = 0

    /// The sets of this process.
    ///
    /// Errors: cap_get_proc(3).
    package static func current() throws(SystemError) -> ProcessCapabilities {
        guard let sets = unsafe cap_get_proc() else { throw SystemError("cap_get_proc", lastErrno()) }
        defer { _ = unsafe cap_free(UnsafeMutableRawPointer(sets)) }
        var result = ProcessCapabilities()
        for capability in 0..<CapabilitySets.known {
            let bit = UInt64(1) << capability
            if unsafe isSet(sets, capability, CAP_PERMITTED) { result.permitted |= bit }
            if unsafe isSet(sets, capability, CAP_EFFECTIVE) { result.effective |= bit }
            if unsafe isSet(sets, capability, CAP_INHERITABLE) { result.inheritable |= bit }
            if cap_get_bound(capability) == 1 { result.bounding |= bit }
            if cap_get_ambient(capability) == 1 { result.ambient |= bit }
        }
        return result
    }

    /// Drops every capability that is not kept from the bounding set. Needs CAP_SETPCAP.
    static func dropBounding(but kept: UInt64) throws(SystemError) {
        for capability in 0..<CapabilitySets.known where kept & (1 << capability) == 0 && cap_get_bound(capability) == 1
        {
            if cap_drop_bound(capability) != 0 { throw SystemError("cap_drop_bound [capabilities]", lastErrno()) }
        }
    }

    /// Sets permitted to the ambient set of the result, effective to none and inheritable as given, then raises
    /// ambient.
    static func become(_ wanted: CapabilitySets) throws(SystemError) {
        guard let sets = unsafe cap_init() else { throw SystemError("cap_init", lastErrno()) }
        defer { _ = unsafe cap_free(UnsafeMutableRawPointer(sets)) }
        for capability in 0..<CapabilitySets.known {
            var value = capability
            if wanted.ambient & (1 << capability) != 0 {
                _ = unsafe cap_set_flag(sets, CAP_PERMITTED, 1, &value, CAP_SET)
            }
            if wanted.inheritable & (1 << capability) != 0 {
                _ = unsafe cap_set_flag(sets, CAP_INHERITABLE, 1, &value, CAP_SET)
            }
        }
        if cap_reset_ambient() != 0 { throw SystemError("cap_reset_ambient [capabilities]", lastErrno()) }
        if unsafe cap_set_proc(sets) != 0 { throw SystemError("cap_set_proc [capabilities]", lastErrno()) }
        for capability in 0..<CapabilitySets.known where wanted.ambient & (1 << capability) != 0 {
            if cap_set_ambient(capability, CAP_SET) != 0 {
                throw SystemError("cap_set_ambient [capabilities]", lastErrno())
            }
        }
    }

    // Sound when the caller holds `sets`: cap_get_flag reads one flag of it.
    private static func isSet(_ sets: cap_t, _ capability: cap_value_t, _ flag: cap_flag_t) -> Bool {
        var value = CAP_CLEAR
        return unsafe cap_get_flag(sets, capability, flag, &value) == 0 && value == CAP_SET
    }
}
