// The time limits on a connection's peer, as a handler sets them. At first there are none: Doorward itself ends a
// handler after the service's lifetime.
extension Connection {
    /// The longest wait until the peer sends a byte, or takes one; nil: no limit.
    ///
    ///     connection.idleLimit = .seconds(300)
    ///
    /// Errors: the read or write that waits longer throws `idleLimitPassed`.
    public var idleLimit: Duration? {
        get { writer.limits.idleNanoseconds == .max ? nil : .nanoseconds(writer.limits.idleNanoseconds) }
        set { writer.limits.idleNanoseconds = newValue?.clampedNanoseconds ?? .max }
    }

    /// The least rate of a stream, against peers that keep a connection by sending a byte now and then; nil: no limit.
    /// Only the time in which the handler waits for the peer counts. Set it while a body is sent, and nil after that: a
    /// dialogue needs none.
    ///
    ///     connection.minimumRate = .bytes(5000, per: .seconds(10))
    ///
    /// Errors: the read or write that finds the peer slower throws `tooSlow`.
    public var minimumRate: MinimumRate? {
        get { writer.limits.rate }
        set { writer.limits.rate = newValue }
    }

    /// Begins a phase of the protocol, such as the login, which must end within this time however much the peer sends;
    /// nil: without a deadline. The phase before ends.
    ///
    /// Errors: after the deadline, a read, or a write that has to wait, throws `deadlinePassed`. After any of the
    /// limits, each read throws until a new phase begins, but what is written within a second is still sent: a reply
    /// that says why.
    /// Source: CLOCK_MONOTONIC of clock_gettime(2), so a change of the machine's clock has no effect.
    public mutating func beginPhase(within time: Duration? = nil) {
        writer.limits.beginPhase(nanoseconds: time?.clampedNanoseconds ?? .max)
    }
}
