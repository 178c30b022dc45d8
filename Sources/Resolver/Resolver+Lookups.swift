// Asks name servers, reads their replies, and gives up on them.
// A server that says that it has no answer, or that cannot be reached, is not asked again for the same lookup: the next
// one is asked at once. A silent server has a second, then the next is asked as well. The first answer counts.
internal import Addresses
internal import DNS
internal import EventLog
internal import LinuxSystem

extension Resolver {
    mutating func ask(_ request: ListRequest, of gate: AskingGate, number: UInt64, at now: Int64) {
        guard gate.waiting < Self.mostOfGate, gate.lists.indices.contains(request.list),
            let question = DNSQuestion(request.address, in: gate.lists[request.list]),
            rests[gate.lists[request.list]]?.isResting(at: now) != true,
            let lookup = running[question] ?? newLookup(question, of: gate.lists[request.list], at: now)
        else {
            gate.answer(request, .unknown)
            return
        }
        gate.waiting += 1
        lookup.waiting.append((number, request))
        if lookup.tries == 0 { tryNext(lookup, at: now) }
    }

    /// nil when there is no room for another lookup.
    private mutating func newLookup(_ question: DNSQuestion, of list: String, at now: Int64) -> Lookup? {
        guard lookups.count < Self.mostLookups else { return nil }
        lastLookup += 1
        let lookup = Lookup(
            number: lastLookup, question: question, list: list, servers: servers, deadline: now + timeouts.deadline)
        lookups[lastLookup] = lookup
        running[question] = lookup
        return lookup
    }

    /// Asks the next server. When there is none, and no asked server may still answer, the answer is unknown.
    private mutating func tryNext(_ lookup: Lookup, at now: Int64) {
        lookup.nextTryAt = nil
        while let server = lookup.servers.first, lookup.tries < timeouts.mostTries {
            lookup.tries += 1
            do throws(SystemError) {
                try send(lookup, to: server)
                lookup.servers.append(lookup.servers.removeFirst())
                if lookup.tries < timeouts.mostTries { lookup.nextTryAt = now + timeouts.tryInterval }
                return
            } catch {
                // No route leads there, or no descriptor is left. Another server may do.
                lookup.giveUp(server)
            }
        }
        if !lookup.isAnyServerAsked { finish(lookup, .unknown, because: lookup.trouble, at: now) }
    }

    private func send(_ lookup: Lookup, to server: NameServer) throws(SystemError) {
        let asked: AskedServer
        if let again = lookup.asked.compactMap({ $0 }).first(where: { $0.server == server }) {
            asked = again
        } else {
            asked = try AskedServer(server, id: newID())
            let token = PollToken.server(lookup: lookup.number, place: lookup.asked.count)
            try poller.add(asked.socket.number, token: token.bits)
            lookup.asked.append(asked)
        }
        try asked.socket.send(lookup.question.query(id: asked.id))
    }

    mutating func readServerReplies(_ place: Int, of number: UInt64, at now: Int64) {
        // A lookup that an earlier datagram of this turn answered does not exist any more.
        guard let lookup = lookups[number], lookup.asked.indices.contains(place), let asked = lookup.asked[place]
        else { return }
        do throws(SystemError) {
            while let count = try asked.socket.receive(into: &datagram) {
                let reply = DNSReply(Array(datagram[..<count]), to: lookup.question, id: asked.id)
                switch (reply, ListAnswer(reply)) {
                case (.failed, _):
                    rests[lookup.list] = nil
                    lookup.trouble = .failure
                    lookup.giveUp(asked.server)
                    tryNextUnlessAsked(lookup, at: now)
                    return
                case (_, .some(let answer)):
                    rests[lookup.list] = nil
                    finish(lookup, answer, because: .noListAnswer, at: now)
                    return
                case (_, nil):
                    lookup.mismatches += 1
                    guard lookup.mismatches < Lookup.mostMismatches else {
                        finish(lookup, .unknown, because: .foreign, at: now)
                        return
                    }
                }
            }
        } catch {
            // No server listens there (ECONNREFUSED).
            lookup.giveUp(asked.server)
            tryNextUnlessAsked(lookup, at: now)
        }
    }

    /// After a server was given up, asks one that was not asked yet at once.
    private mutating func tryNextUnlessAsked(_ lookup: Lookup, at now: Int64) {
        let areAllAsked = lookup.servers.allSatisfy { server in lookup.asked.contains { $0?.server == server } }
        if areAllAsked, lookup.isAnyServerAsked { return }
        tryNext(lookup, at: now)
    }

    /// Asks once more for each lookup without a reply, and ends each lookup with a deadline that has passed.
    mutating func tendLookups(at now: Int64) {
        for lookup in lookups.values.filter({ now >= $0.dueAt }) {
            if now >= lookup.deadline {
                rests[lookup.list, default: ListBackoff()].wasSilent(at: now)
                finish(lookup, .unknown, because: .silence, at: now)
            } else {
                tryNext(lookup, at: now)
            }
        }
    }

    /// - Parameter reason: the reason why there is no answer, when there is none.
    private mutating func finish(_ lookup: Lookup, _ answer: ListAnswer, because reason: Lookup.Trouble, at now: Int64)
    {
        if answer.word != .unknown {
            if troubles[lookup.list]?.answer() == true { logAnswers(lookup.list) }
        } else if troubles[lookup.list, default: OutageNotice()].noAnswer(at: now) {
            logNoAnswer(lookup.list, because: reason)
        }
        lookups[lookup.number] = nil
        running[lookup.question] = nil
        for (number, request) in lookup.waiting {
            guard let gate = gates[number] else { continue }
            gate.waiting -= 1
            gate.answer(request, answer)
        }
    }

    private mutating func logNoAnswer(_ list: String, because reason: Lookup.Trouble) {
        log.begin("dnsbl_no_answer", wallNanoseconds: Clock.wallNanoseconds())
        log.field("list", list)
        log.field("reason", reason.rawValue)
        for server in servers { log.field("server", server.description) }
        log.field("setting", reason == .noListAnswer ? "dnsbl" : "nameservers" as StaticString)
        log.field("message", "nobody is refused by it" as String)
        log.end()
    }

    private mutating func logAnswers(_ list: String) {
        log.begin("dnsbl_answers", wallNanoseconds: Clock.wallNanoseconds())
        log.field("list", list)
        log.end()
    }
}
