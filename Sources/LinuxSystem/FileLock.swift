// A lock on a file, by which one process of a kind keeps others away. The kernel gives it up when the process ends,
// however it ends; children do not inherit it. Source: fcntl(2), "Advisory record locking".
internal import CLinux

/// A lock that this process holds as long as the value lives. The file stays when the lock is gone.
package struct FileLock: ~Copyable {
    private let file: Descriptor
    private let path: String

    /// The reason why there is no lock.
    package enum Failure: Error, Hashable, Sendable {
        /// Another process holds it; nil: one that this process cannot see, in another pid namespace.
        case held(pid: Int32?)
        case system(SystemError)
    }

    /// - Parameter path: the file; it is made with mode 600 if it is not there. Nothing else in this process may open
    ///   it, because closing any of a process's descriptors of it gives the lock up.
    package init(path: String) throws(Failure) {
        var holder: Int32 = 0
        do throws(SystemError) {
            let opened = Descriptor(owning: try retrying("open lock") { unsafe clinux_open_lock(path) })
            _ = try retrying("lock") { unsafe clinux_lock(opened.number, &holder) }
            file = opened
            self.path = path
        } catch {
            throw error.errno == .again ? .held(pid: holder > 0 ? holder : nil) : .system(error)
        }
    }

    /// Whether the path still leads to the locked file: another process may have removed or replaced it.
    package var isCurrent: Bool { unsafe clinux_is_file(file.number, path) == 1 }
}
