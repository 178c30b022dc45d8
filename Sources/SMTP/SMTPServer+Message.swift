// Takes a message as it comes: counts its bytes, reads its header, and passes the bytes to the policy. Keeps nothing of
// it.
// Promises that the policy gets no byte after the one for which a message is refused, and that a message ends with one
// call, of endOfMessage or of abort. A refused message is still read to its true end, because commands follow it.
import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// Prepares for a message.
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

    /// Refuses the message, unless it is refused already.
    mutating func fail(_ reason: AbortReason) {
        if failure != nil { return }
        failure = reason
        abortTransaction(reason)
    }

    /// Ends a message that was read to its end, and returns the reply to it.
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

    /// Ends a chunk that was read, and returns the reply to it.
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

    /// Aborts the transaction, if there is one.
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
    /// The reply to a message that was refused and read to its end.
    fileprivate static func failed(_ reason: AbortReason) -> Reply {
        switch reason {
        case .bareLineEnding: .bareLineEnding
        case .tooLarge: .tooLarge
        case .tooManyHops: .tooManyHops
        default: Reply(451, .x(3, 0), "local error")
        }
    }
}
