// The log of a session: one escaped line for each event, written at once, with the message's id and the peer's address.
public import HandlerKit

extension SMTPServer where Policy: ~Copyable {
    /// Logs an event if the configuration has its level.
    func log(_ level: SMTPLogLevel, _ event: StaticBytes, _ addFields: (inout LogLine) -> Void = { _ in }) {
        guard level.rawValue <= session.configuration.logLevel.rawValue else { return }
        session.log(event, addFields)
    }
}

extension SMTPSession {
    /// Writes a line with the message's id, if there is a message, and the peer's address. Policies may call it too.
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
