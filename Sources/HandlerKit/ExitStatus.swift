// How a handler tells Doorward what became of a session.
// Source: design.md 5; the numbers are djb's (cr.yp.to/daemontools, ucspi-tcp).

/// What became of the session, as the process's exit status.
public enum ExitStatus: Int32, Sendable {
    /// The session came to its end.
    case done = 0
    /// It would fail in the same way next time: wrong arguments, a wrong installation.
    case permanentFailure = 100
    /// It may work next time: the peer went away, a resource was short.
    case temporaryFailure = 111
}
