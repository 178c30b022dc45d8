// Taking the filter on, for good and for every process that is started from here; and seeing that it is there.
internal import CLinux
package import LinuxSystem
internal import ServiceModel

extension SystemCallFilter {
    /// Installs the filter in this process, which has one thread and no_new_privs.
    ///
    /// Errors: EACCES without no_new_privs, EINVAL from a kernel without seccomp.
    package func install() throws(SystemError) {
        let instructions = program.map {
            clinux_instruction(
                code: $0.code, jump_true: $0.jumpTrue, jump_false: $0.jumpFalse, operand: $0.operand)
        }
        // Sound: the array is lent for the length of the call, with its count; the kernel copies it.
        _ = try retrying("install seccomp filter [seccomp]") {
            unsafe clinux_install_filter(instructions, instructions.count)
        }
    }

    /// Compares what the kernel does with what this filter says.
    ///
    /// That there is a filter is read back. That it refuses is tried with a call that no kernel has and no name stands for,
    /// except where trying would end the process.
    ///
    /// Errors: what differs.
    package func verify() throws(SandboxError) {
        let found: Int32
        do throws(SystemError) {
            found = try retrying("get seccomp mode") { clinux_seccomp_mode() }
        } catch {
            throw .failed(error)
        }
        guard found == filterMode else {
            throw .differs(what: "seccomp", wanted: "\(filterMode)", found: "\(found)")
        }
        guard mode == .refuse else { return }
        // Sound: six arguments, none of them an address.
        let answer = unsafe clinux_system_call(absentCall, [0, 0, 0, 0, 0, 0])
        guard answer == -Int(Errno.notPermitted.rawValue) else {
            throw .differs(
                what: "refused system call", wanted: Errno.notPermitted.name, found: Errno(Int32(-answer)).name)
        }
    }
}

/// SECCOMP_MODE_FILTER.
private let filterMode: Int32 = 2
/// No kernel has so many; without a filter the answer is ENOSYS.
private let absentCall = 0x0fff_ffff
