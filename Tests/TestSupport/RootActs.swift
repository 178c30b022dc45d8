// What root may try to leave the root directory that it was given. Source: chroot(2).
internal import Glibc
internal import LinuxSystem

package enum RootActs {
    package static func changeRoot(_ path: String) -> Bool { unsafe chroot(path) == 0 }

    package static func changeDirectory(_ path: String) { _ = unsafe chdir(path) }

    /// Runs a program in a forked child; its exit status, 97 when it could not be executed.
    ///
    /// - Parameter directory: that the name is from, which may have no path any more.
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
