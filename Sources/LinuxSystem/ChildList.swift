// The children of a process. The list is opened while the process can reach /proc, and works after it no longer can.
internal import CLinux

/// The list of this process's direct children, adopted orphans among them.
///
/// Source: proc(5), /proc/PID/task/TID/children.
package struct ChildList: ~Copyable {
    private let file: Descriptor

    /// Opens the list of the calling process; a process that is forked from it later needs its own.
    package init() throws(SystemError) {
        file = Descriptor(owning: try retrying("open children") { clinux_open_children() })
    }

    /// The children at this moment.
    package func pids() throws(SystemError) -> [Int32] {
        var pids: [Int32] = []
        _ = try retrying("read children") {
            pids = []
            return unsafe withUnsafeMutablePointer(to: &pids) { list in
                // Sound: the callback runs only during the call, and the call is lent `pids` for that time.
                unsafe clinux_children(file.number, list) { context, pid in
                    unsafe context!.assumingMemoryBound(to: [Int32].self).pointee.append(pid)
                }
            }
        }
        return pids
    }

    /// Stops every child that is not spared, and every process that becomes a child meanwhile. A stopped process starts
    /// no other process, and keeps its place among the processes that its user may have. So the rounds catch even
    /// processes that do nothing but fork and end, before the caller kills the first of them.
    ///
    /// - Returns: the pids that were stopped, and those that this process may not signal.
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

    /// Kills and reaps every child, and every process that becomes a child by that, until none is left that this
    /// process may signal. For the end of a process that starts no others: the call waits for the ends.
    ///
    /// - Parameter spared: a child that is left alone.
    package func killAll(but spared: Int32? = nil) throws(SystemError) {
        while case let stopped = try stopAll(but: { $0 == spared }).stopped, !stopped.isEmpty {
            for pid in stopped {
                Processes.signal(pid, .kill)
                try Processes.reap(pid)
            }
        }
    }

    private static let mostRounds = 16
}
