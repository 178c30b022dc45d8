// Notices that a file changed, by watching the directory that contains it: so it also notices a file that a rename
// replaces, that is deleted or that is made anew. Source: inotify(7).
internal import CLinux

/// The owner of a watch on one file. All objects that wait for the file share it.
package final class FileWatch {
    private let descriptor: Descriptor
    private let name: String

    /// - Parameter path: the file, which need not exist; its directory must.
    package init(path: String) throws(SystemError) {
        let slash = path.lastIndex(of: "/")
        let directory = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        name = slash.map { String(path[path.index(after: $0)...]) } ?? path
        descriptor = Descriptor(owning: try retrying("inotify") { unsafe clinux_watch_directory(directory) })
    }

    /// The number to give to a poller: readable after an event in the directory.
    package var number: Int32 { descriptor.number }

    /// Whether the file was written, moved or deleted since the last call, or its directory moved or deleted: then this
    /// watch notices nothing more.
    package func hasChanged() throws(SystemError) -> Bool {
        try retrying("read inotify") { unsafe clinux_directory_changed(descriptor.number, name) } == 1
    }
}
