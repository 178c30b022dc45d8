// The session's log: one escaped line for each event, with the message's name and the peer in every one.
// Source: SM-23 to SM-25, W-24.
public import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// Logs an event, if its level is asked for.
    func log(_ level: SMTPLogLevel, _ event: StaticBytes, _ addFields: (inout LogLine) -> Void = { _ in }) {
        guard level.rawValue <= session.configuration.logLevel.rawValue else { return }
        session.log(event, addFields)
    }
}

extension SMTPSession {
    /// Writes a line with the message's name, if there is a message, and the peer's address. For policies too.
    public func log(_ event: StaticBytes, _ addFields: (inout LogLine) -> Void) {
        var line = LogLine(event)
        if message.isBegun {
            var id = ShortText()
            message.id.append(to: &id)
            line.add("id", id.bytes)
        }
        if case .tcp(let peer) = peer { line.add("peer", peer.address) }
        addFields(&line)
        line.send(to: configuration.logDescriptor)
    }
}
