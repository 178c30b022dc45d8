// What tests ask the kernel about child processes. Only an exit test may use this: in a shared process, other tests
// have children too.
internal import Glibc
package import LinuxSystem

package enum ChildProcesses {
    /// Whether this process has no child, neither running nor a zombie.
    package static var areGone: Bool {
        var status: Int32 = 0
        return unsafe waitpid(-1, &status, WNOHANG) == -1 && errno == ECHILD
    }

    /// Waits for a child's end, and returns its exit status, or -1 when a signal ended it.
    package static func status(of pid: Int32) -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status & 0x7f == 0 ? (status >> 8) & 0xff : -1
    }

    /// Makes a descriptor one of this process's standard streams.
    package static func replaceStream(_ number: Int32, by other: borrowing Descriptor) { dup2(other.number, number) }

    /// Runs a function in a forked child, and returns the child's exit status: 99 when the function threw.
    package static func forked(_ body: () throws -> Int32) throws(SystemError) -> Int32 {
        let pid = try Processes.fork()
        if pid == 0 {
            do {
                Processes.exit(try body())
            } catch {
                let text = Array("\(error)\n".utf8)
                _ = unsafe write(2, text, text.count)
                Processes.exit(99)
            }
        }
        return status(of: pid)
    }
}

/// Resource limits of this process.
package enum OwnLimits {
    package static func get(_ resource: Int32) -> (soft: UInt64, hard: UInt64) {
        var limit = rlimit()
        _ = unsafe getrlimit(resource, &limit)
        return (UInt64(limit.rlim_cur), UInt64(limit.rlim_max))
    }

    package static func set(_ resource: Int32, _ value: UInt64) { set(resource, soft: value, hard: value) }

    package static func set(_ resource: Int32, soft: UInt64) { set(resource, soft: soft, hard: get(resource).hard) }

    private static func set(_ resource: Int32, soft: UInt64, hard: UInt64) {
        var limit = rlimit(rlim_cur: rlim_t(soft), rlim_max: rlim_t(hard))
        _ = unsafe setrlimit(resource, &limit)
    }
}

/// Executes another program in a forked child, with its output on this descriptor.
package func execute(_ path: String, _ arguments: [String], output: Int32) -> Never {
    dup2(output, 1)
    // The strings live as long as this process, which ends here one way or the other.
    var pointers = unsafe arguments.map { unsafe strdup($0) }
    unsafe pointers.append(nil)
    _ = unsafe execv(path, pointers)
    Processes.exit(97)
}
