// Noticing that a file changed, by watching the directory that it is in: so a file that is replaced by rename, deleted or
// made anew is noticed too. Source: inotify(7).
internal import CLinux

/// The owner of a watch on one file; shared by whoever waits for it.
package final class FileWatch {
    private let descriptor: Descriptor
    private let name: String

    /// - Parameter path: its directory must exist; the file need not.
    package init(path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        descriptor = Descriptor(owning: try retrying("inotify") { unsafe clinux_watch_directory(directory) })
    }

    /// For a poller: readable when something in the directory happened.
    package var number: Int32 { descriptor.number }

    /// Whether the file was written, moved or deleted since the last time.
    package func hasChanged() throws(SystemError) -> Bool {
        try retrying("read inotify") { unsafe clinux_directory_changed(descriptor.number, name) } == 1
    }
}
