// Installs the filter, for good and for every process that starts from here, and reads back that it is there.
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
        // Sound: the call uses the array only while it runs, and gets its count; the kernel copies it.
        _ = try retrying("install seccomp filter [seccomp]") {
            unsafe clinux_install_filter(instructions, instructions.count)
        }
    }

    /// Compares what the kernel does with what this filter says.
    ///
    /// Reads back that there is a filter. Tries whether it refuses, with a call that no kernel has and no name stands
    /// for, except where the refusal would end the process.
    ///
    /// Errors: the first fact that differs.
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
/// A number that no kernel has; without a filter the answer is ENOSYS.
private let absentCall = 0x0fff_ffff
