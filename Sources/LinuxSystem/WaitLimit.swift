// No wait of the kernel holds up this process: a signal ends it.
// The last close of a TCP socket with SO_LINGER waits until its data is sent, for as long as whoever set the option has
// said. O_NONBLOCK does not change that, and nor does it matter whether close(2) was called here: a descriptor on its
// way in a unix socket is closed by whoever receives or closes that socket. Such a socket may be what a less trusted
// process has prepared. Taking the option away first is no help, because the other process may set it again.
// Source: socket(7), SO_LINGER; in the kernel, sk_stream_wait_close() ends when a signal is pending.
internal import CLinux

/// The limit for the calls of this process, in one turn of its loop.
package struct WaitLimit {
    private let isPossible: Bool
    private var isOn = false

    /// How long the first call of a turn waits at most. An alarm that is due before the next tick of the kernel costs
    /// the arming 3 microseconds in place of half a one (measured on a virtual machine).
    private static let firstMicroseconds: Int32 = 5000
    /// How long each further call waits. Short, because a client may cause many such waits.
    private static let nextMicroseconds: Int32 = 500

    private init(isPossible: Bool) { self.isPossible = isPossible }

    /// No limit, for a process that is not prepared: a test.
    package static var none: WaitLimit { WaitLimit(isPossible: false) }

    /// Lets SIGALRM through in this process, and makes sure that there can be a limit.
    ///
    /// Errors: setitimer(2): EPERM when the system call filter refuses it.
    package static func prepared() throws(SystemError) -> WaitLimit {
        _ = try retrying("setitimer") { clinux_wait_limit_prepare() }
        return WaitLimit(isPossible: true)
    }

    /// From now on, until ``end()``, no call waits for long.
    package mutating func begin() {
        guard isPossible, !isOn else { return }
        isOn = clinux_wait_limit(Self.firstMicroseconds, Self.nextMicroseconds) == 0
    }

    package mutating func end() {
        guard isOn else { return }
        isOn = clinux_wait_limit(0, 0) != 0
    }
}
