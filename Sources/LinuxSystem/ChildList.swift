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

    /// Stops the children that are not spared, and those who become children meanwhile: who is stopped starts no other, and
    /// keeps its place among the processes that its user may have. So even those who do nothing but fork and end are all
    /// caught, before the first of them is killed.
    ///
    /// - Returns: those that were stopped, and those that may not be signalled.
    package func stopAll(but isSpared: (Int32) -> Bool) throws(SystemError) -> (
        stopped: Set<Int32>, outOfReach: Set<Int32>
    ) {
        var (stopped, outOfReach): (Set<Int32>, Set<Int32>) = ([], [])
        for _ in 0..<Self.mostRounds {
            let found = try pids().filter { !isSpared($0) && !stopped.contains($0) && !outOfReach.contains($0) }
            if found.isEmpty { break }
            for pid in found {
                if Processes.signal(pid, .stop) { stopped.insert(pid) } else { outOfReach.insert(pid) }
            }
        }
        return (stopped, outOfReach)
    }

    private static let mostRounds = 16
}
