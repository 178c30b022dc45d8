// The limits on a connection's peer, as a handler sets them. All are off at first: Doorward itself ends what lives too long.
extension Connection {
    /// The longest wait for the peer to send a byte, or to take one; nil: for ever.
    ///
    ///     connection.idleLimit = .seconds(300)
    ///
    /// Errors: `idleLimitPassed` from what then reads or writes.
    public var idleLimit: Duration? {
        get { writer.limits.idleNanoseconds == .max ? nil : .nanoseconds(writer.limits.idleNanoseconds) }
        set { writer.limits.idleNanoseconds = newValue?.clampedNanoseconds ?? .max }
    }

    /// The least rate of a stream, against peers that stay alive by a byte now and then; nil: any. Only time in which the
    /// handler waits for the peer counts, so a dialogue needs none: set it where bytes must flow, and nil after.
    ///
    ///     connection.minimumRate = .bytes(5000, per: .seconds(10))
    ///
    /// Errors: `tooSlow` from what then reads or writes.
    public var minimumRate: MinimumRate? {
        get { writer.limits.rate }
        set { writer.limits.rate = newValue }
    }

    /// Begins a phase of the protocol, such as the login, that must end within this time however busy the peer is; nil:
    /// without a deadline. Ends the phase before.
    ///
    /// Errors: `deadlinePassed` from what then reads, or has to wait to write. After this and the other limits, reading is over
    /// until a new phase begins, but what is written within a second is still sent: a reply that says why.
    /// Source: CLOCK_MONOTONIC; setting the machine's clock changes nothing.
    public mutating func beginPhase(within time: Duration? = nil) {
        writer.limits.beginPhase(nanoseconds: time?.clampedNanoseconds ?? .max)
    }
}
