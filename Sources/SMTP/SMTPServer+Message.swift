// A message on its way in: counted, looked at, and passed to the policy as it comes; nothing of it is kept here.
// Promises that the policy hears of nothing behind the byte that a message is refused for, and that a message ends either in
// endOfMessage or in abort, once. A refused message is read to its true end all the same: what is behind it are commands.
import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// A message is about to come.
    mutating func beginMessage() {
        headers = HeaderReader()
        chunkEndings = BareLineEndingFinder()
        failure = nil
    }

    /// Takes the next bytes of the message.
    mutating func takeContent(_ bytes: Span<UInt8>) {
        if failure != nil { return }
        guard bytes.count <= session.configuration.limits.messageSize - session.message.size else {
            return fail(.tooLarge)
        }
        session.message.size += bytes.count
        policy.content(bytes)
        let read = headers.isAtEnd ? 0 : headers.read(bytes, &policy)
        if headers.receivedCount >= session.configuration.limits.hops { return fail(.tooManyHops) }
        if read < bytes.count { policy.body(bytes.extracting(read..<bytes.count)) }
    }

    /// The message will not be taken.
    mutating func fail(_ reason: AbortReason) {
        if failure != nil { return }
        failure = reason
        abortTransaction(reason)
    }

    /// The message is whole.
    mutating func endMessage() -> Reply {
        idleCommands = 0
        if let failure { return .failed(failure) }
        headers.finish(&policy)
        if headers.receivedCount >= session.configuration.limits.hops {
            fail(.tooManyHops)
            return .tooManyHops
        }
        let reply = checked(policy.endOfMessage(session))
        log(.messages, reply.code.isPositive ? "message accepted" : "message refused") { line in
            line.add("code", reply.code.number)
            line.add("size", session.message.size)
            line.add("recipients", session.message.recipientCount)
            line.add("from", session.message.sender)
        }
        if reply.code.isPositive { session.messagesAccepted += 1 }
        state = .ready
        session.message = MailMessage()
        return reply
    }

    /// The chunk has been read, or what of it there was to read.
    mutating func endChunk(_ chunk: ChunkArguments) -> Reply {
        if chunk.isLast { chunkEndings.finish() }
        if chunkEndings.hasFound && session.configuration.bareLineEndings == .refuse { fail(.bareLineEnding) }
        if let failure {
            idleCommands = 0
            excludeGroupFromErrors()
            return .failed(failure)
        }
        return chunk.isLast ? endMessage() : .chunkReceived(chunk.size)
    }

    /// Ends the transaction without a message, if there is one.
    mutating func abortTransaction(_ reason: AbortReason) {
        guard state.hasTransaction else { return }
        log(.messages, "message aborted") { line in
            line.add("reason", reason.word)
            line.add("size", session.message.size)
            line.add("from", session.message.sender)
        }
        policy.abort(reason, session)
        state = .ready
        session.message = MailMessage()
    }
}

extension Reply {
    /// The reply to a message that was read to its end and not taken.
    fileprivate static func failed(_ reason: AbortReason) -> Reply {
        switch reason {
        case .bareLineEnding: .bareLineEnding
        case .tooLarge: .tooLarge
        case .tooManyHops: .tooManyHops
        default: Reply(451, .x(3, 0), "local error")
        }
    }
}
