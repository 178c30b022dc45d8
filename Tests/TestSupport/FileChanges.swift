// Waiting for a change of a file to be noticed. A write is noticed when the last copy of its descriptor is closed, and a
// child that another test has just forked may hold one until it executes.
package import LinuxSystem

extension FileWatch {
    /// Whether the file changes, within ten seconds.
    package func notices() throws(SystemError) -> Bool {
        try noticed(by: number) { () throws(SystemError) in try hasChanged() }
    }
}

/// Asks again whenever the watch is readable, until the answer is yes or ten seconds are over.
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
