// How a session ended, as a handler reports it to Doorward.
// Sources: 0, 100 and 111 are the numbers of Bernstein's programs (cr.yp.to/ucspi-tcp, cr.yp.to/daemontools); 77 is
// EX_NOPERM of sysexits(3). doorward(8) says what Doorward does with them.

/// How the session ended, as the exit status of the process.
public enum ExitStatus: Int32, Sendable {
    /// The session ended as the protocol has it.
    case done = 0
    /// A login failed, or the peer may not do what it asks for. A gate with penalties counts this against the source.
    case denied = 77
    /// The next session would fail in the same way: wrong arguments, a wrong installation.
    case permanentFailure = 100
    /// The next session may succeed: the peer went away, or a resource was short.
    case temporaryFailure = 111
}
