// Which children a process has. Opened while /proc can be reached, read also when it no longer can.
internal import CLinux

/// The list of this process's direct children, adopted orphans among them.
///
/// Source: proc(5), /proc/PID/task/TID/children.
package struct ChildList: ~Copyable {
    private let file: Descriptor

    /// For the process that calls it: not for one that is forked from it later.
    package init() throws(SystemError) {
        file = Descriptor(owning: try retrying("open children") { clinux_open_children() })
    }

    /// Those of this moment.
    package func pids() throws(SystemError) -> [Int32] {
        var pids: [Int32] = []
        _ = try retrying("read children") {
            pids = []
            return unsafe withUnsafeMutablePointer(to: &pids) { list in
                // Sound: the callback runs only inside the call, while `pids` is lent to it.
                unsafe clinux_children(file.number, list) { context, pid in
                    unsafe context!.assumingMemoryBound(to: [Int32].self).pointee.append(pid)
                }
            }
        }
        return pids
    }
}
