// Waiting until a file watch reports a change. The kernel reports a write when the last copy of its descriptor is
// closed, and a child that another test has just forked may hold a copy until it executes. Source: inotify(7),
// IN_CLOSE_WRITE.
package import LinuxSystem

extension FileWatch {
    /// Whether the watch reports a change within ten seconds.
    package func notices() throws(SystemError) -> Bool {
        try noticed(by: number) { () throws(SystemError) in try hasChanged() }
    }
}

/// Asks `hasChanged` again whenever the watch is readable, until the answer is yes or ten seconds are over.
package func noticed(by number: Int32, _ hasChanged: () throws(SystemError) -> Bool) throws(SystemError) -> Bool {
    var poller = try Poller()
    try poller.add(number, token: 0)
    let deadline = Clock.monotonicNanoseconds() + 10_000_000_000
    while true {
        if try hasChanged() { return true }
        let left = deadline - Clock.monotonicNanoseconds()
        if left <= 0 { return false }
        _ = try poller.wait(timeoutNanoseconds: left)
    }
}
