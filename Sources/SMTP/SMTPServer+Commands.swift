// The rules of a session, without input or output: each command line has one action.
// Promises that only a positive reply changes the state of the session, that each line has exactly one reply, and that
// a reply that cannot follow the command is never sent, even if the policy returns it.
// Sources: RFC 5321 4.1.1, 4.1.4, 3.3; RFC 3030 2; RFC 9422.
import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// Decides what the session does after a command line.
    /// - Parameter line: without its ending, which was checked.
    mutating func action(for line: Span<UInt8>) -> CommandAction {
        let line = line.withoutTrailingBlanks
        log(.commands, "command") { $0.add("line", line) }
        guard line.hasNoControls, let verb = CommandVerb(line) else { return .reply(refusal(ofUnknown: line)) }
        if let fault = state.fault(of: verb) { return action(for: fault, verb, line) }
        if verb.isIdle { countIdleCommand() }
        let argument = line.extracting(min(5, line.count)..<line.count).withoutLeadingBlanks
        switch verb {
        case .helo, .ehlo: return .reply(answerHello(verb, argument))
        case .mail: return .reply(answerMail(line))
        case .rcpt: return .reply(answerRecipient(line))
        case .data: return answerData(argument)
        case .bdat: return answerChunk(line)
        case .rset: return .reply(argument.isEmpty ? answerReset() : .needsNoArgument)
        case .quit: return .reply(argument.isEmpty ? answerQuit() : .needsNoArgument)
        case .noop: return .reply(checked(policy.noop(session)))
        case .help: return .reply(checked(policy.help(argument, session)))
        case .vrfy:
            return .reply(argument.isEmpty ? .needsArgument : checked(policy.vrfy(argument, session)))
        case .expn:
            return .reply(argument.isEmpty ? .needsArgument : checked(policy.expn(argument, session)))
        }
    }

    /// Excludes the rest of a pipelined group from the error count: a client that sends the group before it reads
    /// cannot know of the refusal in it.
    mutating func excludeGroupFromErrors() { uncountedCommands = session.configuration.limits.recipients + 1 }

    /// Returns the reply of the policy, or 451 if the client would take it to mean another state than the session has.
    mutating func checked(_ reply: consuming Reply, isForData: Bool = false) -> Reply {
        let code = reply.code
        let isOutOfSequence = code.isIntermediate ? !isForData || code != 354 : isForData && code.isPositive
        guard isOutOfSequence else { return reply }
        log(.problems, "a reply that cannot follow the command") { $0.add("code", reply.code.number) }
        return Reply(451, .x(3, 0), "local error")
    }

    /// The reply to a line that is no command.
    private mutating func refusal(ofUnknown line: Span<UInt8>) -> Reply {
        if line.beginsChunk { return .unreadableChunk }
        if state == .refused { return .clientIsRefused }
        if line.isOfAnotherProtocol {
            log(.problems, "another protocol") { $0.add("line", line) }
            return Reply(554, .x(5, 1), "this is SMTP").closing()
        }
        guard line.hasNoControls else { return Reply(500, .x(5, 2), "control characters in a command") }
        return checked(policy.unknown(line, session))
    }

    private mutating func action(for fault: SequenceFault, _ verb: CommandVerb, _ line: Span<UInt8>) -> CommandAction {
        if uncountedCommands > 0, fault == .needSender || fault == .needRecipient {
            uncountedCommands -= 1
            errors -= 1  // because sending the reply adds one
        }
        let reply = Reply.outOfOrder(fault, hasRefusedRecipients: hasRefusedRecipients)
        guard verb == .bdat else { return .reply(reply) }
        guard let chunk = chunkArguments(line) else { return .reply(.unreadableChunk) }
        return .skipChunk(chunk.size, reply)
    }

    // ---- HELO, EHLO, RSET

    private mutating func answerHello(_ verb: CommandVerb, _ name: Span<UInt8>) -> Reply {
        guard !name.isEmpty else { return .needsArgument }
        guard name.count <= 255, name.isOneVisibleWord else { return .badArgument }
        var reply = checked(verb == .ehlo ? policy.ehlo(name, session) : policy.helo(name, session)).withoutStatus()
        guard reply.code.isPositive else { return reply }
        abortTransaction(.helloAgain)
        state = .ready
        session.greeted(verb == .ehlo ? .ehlo : .helo, as: name)
        if verb == .ehlo { reply.appendExtensions(session.configuration) }
        return reply
    }

    private mutating func answerReset() -> Reply {
        let reply = checked(policy.rset(session))
        if reply.code.isPositive { abortTransaction(.reset) }
        return reply
    }

    private mutating func answerQuit() -> Reply {
        let reply = checked(policy.quit(session))
        abortTransaction(.quit)
        return reply.closing()
    }

    // ---- MAIL, RCPT

    private mutating func answerMail(_ line: Span<UInt8>) -> Reply {
        let limits = session.configuration.limits
        guard mailCommands < limits.messages else {
            log(.problems, "too many messages in a session") { $0.add("limit", limits.messages) }
            return Reply(421, .x(7, 0), "too many messages in one session")
        }
        mailCommands += 1
        excludeGroupFromErrors()
        let arguments: PathArguments
        do throws(ArgumentFault) {
            var parser = AddressParser(line, from: 4)
            arguments = try parser.mailArguments(session.configuration.brackets)
        } catch {
            return .refused(error, isSender: true)
        }
        if let size = arguments.parameters.size, size > limits.messageSize { return .tooLarge }
        let path = arguments.path.path(in: line)
        session.message = MailMessage(id: ids.next(), sender: path.mailbox, parameters: arguments.parameters)
        let reply = checked(policy.mail(path, arguments.parameters, session))
        guard reply.code.isPositive else {
            logRefusal("sender refused", reply.code, path.mailbox)
            session.message = MailMessage()
            return reply
        }
        (state, uncountedCommands, hasRefusedRecipients) = (.sender, 0, false)
        return reply
    }

    private mutating func answerRecipient(_ line: Span<UInt8>) -> Reply {
        let limits = session.configuration.limits
        guard session.message.recipientCount < limits.recipients else { return .tooManyRecipients }
        let extent: PathExtent
        do throws(ArgumentFault) {
            var parser = AddressParser(line, from: 4)
            extent = try parser.recipientArguments(
                session.configuration.brackets, isInternational: session.message.parameters.isInternational)
        } catch {
            hasRefusedRecipients = true
            return .refused(error, isSender: false)
        }
        let path = extent.path(in: line)
        let reply = checked(policy.rcpt(path, session))
        guard reply.code.isPositive else {
            logRefusal("recipient refused", reply.code, path.mailbox)
            hasRefusedRecipients = true
            return reply
        }
        session.message.recipientCount += 1
        state = .recipients
        return reply
    }

    private func logRefusal(_ event: StaticBytes, _ code: ReplyCode, _ address: Span<UInt8>) {
        log(.sessions, event) { line in
            line.add("code", code.number)
            line.add("address", address)
        }
    }

    // ---- DATA, BDAT

    private mutating func answerData(_ argument: Span<UInt8>) -> CommandAction {
        guard argument.isEmpty else { return .reply(.needsNoArgument) }
        let reply = checked(policy.data(session), isForData: true)
        guard reply.code.isIntermediate else { return .reply(reply) }
        beginMessage()
        return .readMessage(reply)
    }

    private mutating func answerChunk(_ line: Span<UInt8>) -> CommandAction {
        guard let chunk = chunkArguments(line) else { return .reply(.unreadableChunk) }
        if chunk.size == 0 && !chunk.isLast { countIdleCommand() }
        if state == .recipients {
            let reply = checked(policy.data(session), isForData: true)
            guard reply.code.isIntermediate else {
                // Without this chunk the message would be incomplete, so the transaction ends.
                abortTransaction(.refused)
                excludeGroupFromErrors()
                return .skipChunk(chunk.size, reply)
            }
            beginMessage()
            state = .chunks
        }
        return .readChunk(chunk)
    }

    private func chunkArguments(_ line: Span<UInt8>) -> ChunkArguments? {
        var parser = AddressParser(line, from: 4)
        do throws(ArgumentFault) {
            return try parser.chunkArguments()
        } catch {
            // All faults have the same reply, because the end of the chunk is not known.
            return nil
        }
    }
}
