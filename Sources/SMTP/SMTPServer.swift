// One SMTP session on one connection: this file reads and writes, and SMTPServer+Commands decides.
// Promises: each line has a reply, sent before the next wait; a byte of a message is never taken for a command, nor a
// command for a message; the policy's abort is called for each transaction that does not reach its end, after any error
// too.
// Sources: RFC 5321, its 4.5.3.2 for the times; RFC 2920 3.1 for input that comes too early.
public import HandlerKit

/// The server of one session.
///
///     serve { connection throws(ConnectionError) in
///         var server = SMTPServer(PostmasterPolicy(), SMTPConfiguration(hostname: "mx.example.org"))
///         return try server.run(on: &connection)
///     }
public struct SMTPServer<Policy: SMTPPolicy & ~Copyable>: ~Copyable {
    /// The length of the longest command line, with its CR LF. RFC 5321 4.5.3.1.4 requires 512, and more for
    /// extensions.
    static var longestLine: Int { 2048 }

    /// The policy, which the caller can still use after the session.
    public var policy: Policy
    var session: SMTPSession
    var ids: MessageIDGenerator
    var state = SessionState.greeted
    var headers = HeaderReader()
    var chunkEndings = BareLineEndingFinder()
    /// The reason for which the message that is being read is refused, or nil.
    var failure: AbortReason?
    /// The number of commands in a wrong sequence that do not count as errors: the rest of a group after a refusal.
    var uncountedCommands = 0
    /// Whether the server refused a recipient of this message.
    var hasRefusedRecipients = false
    var mailCommands = 0
    var idleCommands = 0
    var errors = 0
    /// Whether the last reply ends the session.
    var isClosing = false

    /// - Parameters:
    ///   - peer: the client.
    ///   - ids: makes the ids of messages.
    public init(
        _ policy: consuming Policy, _ configuration: SMTPConfiguration, peer: Peer = .current,
        ids: MessageIDGenerator = .system
    ) {
        self.policy = policy
        session = SMTPSession(configuration: configuration, peer: peer)
        self.ids = ids
    }

    /// Runs the session: greets the client, answers its commands, and returns when the connection should be closed.
    /// After SIGTERM the client gets a 421.
    ///
    /// Errors: those of the connection, after the policy's abort, and after a 421 if the client can still read it.
    public mutating func run(on connection: inout Connection) throws(ConnectionError) -> ExitStatus {
        if session.configuration.noticesTermination { connection.noticeTermination() }
        do throws(ConnectionError) {
            return try runDialogue(on: &connection)
        } catch {
            abortTransaction(error.abortReason)
            log(.problems, "session broken off") { $0.add("reason", error.abortReason.word) }
            // Dropped on purpose: the first error is the cause of this one.
            do throws(ConnectionError) { try sendLastReply(for: error, on: &connection) } catch {}
            if error.abortReason == .terminated { return .temporaryFailure }
            throw error
        }
    }

    private mutating func runDialogue(on connection: inout Connection) throws(ConnectionError) -> ExitStatus {
        log(.sessions, "session begins")
        connection.idleLimit = session.configuration.timeouts.command
        try greet(on: &connection)
        while !isClosing {
            guard try connection.awaitCommand(within: session.configuration.timeouts.command) else { break }
            try answerCommand(on: &connection)
        }
        let isWhole = isClosing || !state.hasTransaction
        abortTransaction(isClosing ? .disconnected : .peerIsGone)
        log(.sessions, "session ends") { $0.add("accepted", session.messagesAccepted) }
        return isWhole ? .done : .temporaryFailure
    }

    private mutating func greet(on connection: inout Connection) throws(ConnectionError) {
        let reply = checked(policy.connect(session)).withoutStatus()
        if !reply.code.isPositive { state = .refused }
        try send(reply, on: &connection)
    }

    private mutating func answerCommand(on connection: inout Connection) throws(ConnectionError) {
        // TLS begins with this byte. It has no line ending, so both sides would wait for each other.
        if try connection.nextByte() == 0x16 {
            log(.problems, "another protocol") { $0.add("line", "TLS") }
            return try send(Reply(554, .x(5, 1), "this is SMTP without TLS").closing(), on: &connection)
        }
        switch try connection.nextLine(maximumLength: Self.longestLine) {
        case nil: return
        case .tooLong?: try send(.lineTooLong, on: &connection)
        case .line(let line)?:
            let mayBeBare = session.configuration.profile == .lab
            guard line.ending == .carriageReturnLineFeed || mayBeBare && line.ending == .lineFeed else {
                // A line that the end of input cuts off is not carried out.
                if line.ending == .none { return }
                let isChunk = connection.bytes(of: line.text).beginsChunk
                return try send(isChunk ? .unreadableChunk : .bareLineEndingInCommand, on: &connection)
            }
            // The command is complete: the time that the policy needs for the answer does not count against the client.
            connection.beginPhase()
            try perform(action(for: connection.bytes(of: line.text)), on: &connection)
        }
    }

    private mutating func perform(
        _ action: consuming CommandAction, on connection: inout Connection
    ) throws(ConnectionError) {
        switch consume action {
        case .reply(let reply): try send(reply, on: &connection)
        case .readMessage(let reply):
            if session.configuration.refusesEarlyInput, connection.hasInput {
                abortTransaction(.disconnected)
                return try send(.earlyInput, on: &connection)
            }
            try send(reply, on: &connection)
            try readMessage(on: &connection)
            try send(endMessage(), on: &connection)
        case .readChunk(let chunk):
            try readChunk(chunk.size, on: &connection)
            try send(endChunk(chunk), on: &connection)
        case .skipChunk(let size, let reply):
            failure = .refused
            try readChunk(size, on: &connection)
            try send(reply, on: &connection)
        }
    }

    // ---- messages

    private mutating func readMessage(on connection: inout Connection) throws(ConnectionError) {
        var reader = DotReader(session.configuration.bareLineEndings)
        connection.beginStream(session.configuration.timeouts)
        while !reader.isAtEnd {
            guard let piece = try connection.peek() else { throw .endedEarly }
            connection.idleLimit = session.configuration.timeouts.dataBlock
            let count = takeContent(of: connection.bytes(of: piece), &reader)
            connection.take(count)
        }
        if reader.hasBareLineEnding && session.configuration.bareLineEndings == .refuse { fail(.bareLineEnding) }
        connection.minimumRate = nil
    }

    /// Takes the bytes that belong to the message, and returns how many they are.
    private mutating func takeContent(of bytes: Span<UInt8>, _ reader: inout DotReader) -> Int {
        var position = 0
        while let part = reader.next(in: bytes, &position) {
            if reader.hasBareLineEnding && session.configuration.bareLineEndings == .refuse { fail(.bareLineEnding) }
            switch part {
            case .bytes(let range): takeContent(bytes.extracting(range))
            case .text(let text): takeContent(text.bytes)
            }
        }
        return position
    }

    private mutating func readChunk(_ size: Int, on connection: inout Connection) throws(ConnectionError) {
        var chunk = FixedLengthBody(size)
        connection.beginStream(session.configuration.timeouts)
        while let piece = try connection.nextPiece(of: &chunk) {
            connection.idleLimit = session.configuration.timeouts.dataBlock
            let bytes = connection.bytes(of: piece)
            if failure == nil { chunkEndings.scan(bytes) }
            if chunkEndings.hasFound && session.configuration.bareLineEndings == .refuse { fail(.bareLineEnding) }
            takeContent(bytes)
        }
        connection.minimumRate = nil
    }
}
