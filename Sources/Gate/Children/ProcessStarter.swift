// How a gate starts the programs of its service and learns of their ends. Today a child is cloned for each program, by
// the plan of the service; tests have a starter that starts nothing.
package import LinuxSystem
package import Spawner

/// Starts programs, and tells of the ends of their processes.
package protocol ProcessStarter: ~Copyable {
    /// Starts one program of a connection, and does not wait for it.
    ///
    /// - Parameters:
    ///   - position: the program's position in the service's chain, from 0.
    ///   - streams: become its 0 and 1; the caller keeps its own copies.
    ///   - rule: the access rule that admitted the connection, nil for none.
    /// - Returns: the child's pid.
    /// Errors: clone(2); the caller may try again.
    mutating func spawn(
        _ position: Int, _ streams: ChildStreams, rule: Int?, facts: ConnectionFacts
    ) throws(SystemError) -> Int32

    /// Starts a check, in the same way.
    ///
    /// - Parameter number: which of the service's checks, from 0.
    mutating func spawn(check number: Int, rule: Int?, facts: ConnectionFacts) throws(SystemError) -> Int32

    /// The reason why an ended child failed before its program started; nil when it did not. The caller asks once for
    /// each child.
    mutating func takeFailure(of pid: Int32) -> LaunchFailure?

    /// The next child that has ended; nil when there is none. It stays a zombie until ``reap(_:)``.
    func nextEnd() throws(SystemError) -> ProcessEnd?

    func reap(_ pid: Int32) throws(SystemError)
}
