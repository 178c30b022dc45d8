// How a handler tells Doorward what became of a session.
// Sources: design.md 5; the numbers are djb's (cr.yp.to/daemontools, ucspi-tcp), but for `denied`, which is EX_NOPERM of sysexits(3).

/// What became of the session, as the process's exit status.
public enum ExitStatus: Int32, Sendable {
    /// The session came to its end.
    case done = 0
    /// The peer did not prove who it is, or may not do what it wants: a login failed. Whoever counts such endings, counts them
    /// against the source.
    case denied = 77
    /// It would fail in the same way next time: wrong arguments, a wrong installation.
    case permanentFailure = 100
    /// It may work next time: the peer went away, a resource was short.
    case temporaryFailure = 111
}
