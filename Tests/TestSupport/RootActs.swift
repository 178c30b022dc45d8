// What a process with root's rights may try in order to leave its root directory. Source: chroot(2).
internal import Glibc
internal import LinuxSystem

package enum RootActs {
    package static func changeRoot(_ path: String) -> Bool { unsafe chroot(path) == 0 }

    package static func changeDirectory(_ path: String) { _ = unsafe chdir(path) }

    /// Runs a program in a forked child, and returns the exit status: 97 when the program could not be executed.
    ///
    /// - Parameter directory: the directory that the path begins in; it may have no path any more.
    package static func run(_ path: String, in directory: Int32 = -1) -> Int32 {
        let pid = fork()
        if pid == 0 {
            // The string lives as long as this process, which ends here one way or the other.
            let name = unsafe strdup(path)
            let (arguments, environment): ([UnsafeMutablePointer<CChar>?], [UnsafeMutablePointer<CChar>?]) =
                unsafe ([name, nil], [nil])
            if directory >= 0, fchdir(directory) < 0 { Processes.exit(96) }
            _ = unsafe execve(path, arguments, environment)
            Processes.exit(97)
        }
        return ChildProcesses.status(of: pid)
    }
}
