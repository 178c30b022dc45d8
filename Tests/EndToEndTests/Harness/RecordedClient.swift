// A client of a scenario: what it sends and gets becomes its part of the golden log.

/// A connection whose acts are recorded in the order of the calls.
final class RecordedClient {
    /// `client 1` for the first client of a scenario.
    let name: String
    /// The peer as the log names it.
    let peer: String
    private let client: Client
    private let recording: Recording
    private(set) var acts: [String] = []
    /// Whether the connection is over for this client.
    private(set) var isOver = false

    init(_ client: Client, name: String, peer: String, of recording: Recording) {
        self.client = client
        self.name = name
        self.peer = peer
        self.recording = recording
    }

    @discardableResult
    func say(_ text: String) -> RecordedClient { say(Array(text.utf8)) }

    @discardableResult
    func say(_ bytes: [UInt8]) -> RecordedClient {
        acts.append("> \(Self.quoted(bytes))")
        client.send(bytes)
        return self
    }

    /// Half-closes: the peer sees the end of its input.
    @discardableResult
    func finish() -> RecordedClient {
        acts.append("> end")
        client.shutdownWrite()
        return self
    }

    /// Reads a line.
    @discardableResult
    func hear() throws -> RecordedClient {
        var bytes: [UInt8] = []
        while bytes.last != 10 {
            guard case .bytes(let byte) = client.receive(1) else {
                throw HarnessError("\(name) got no line after \(acts), only \(Self.quoted(bytes))")
            }
            bytes += byte
        }
        acts.append("< \(Self.quoted(bytes))")
        return self
    }

    /// Reads to the end or the reset, and waits until the log says what became of the connection.
    func hearAll() throws {
        try hearUnlogged()
        try recording.waitForEnd(of: self)
    }

    /// Reads to the end or the reset of a connection of which the log says nothing.
    func hearUnlogged() throws {
        var bytes: [UInt8] = []
        var received = client.receive()
        while case .bytes(let more) = received {
            bytes += more
            received = client.receive()
        }
        if !bytes.isEmpty { acts.append("< \(Self.quoted(bytes))") }
        guard received != .nothing else { throw HarnessError("\(name) got no end after \(acts)") }
        acts.append(received == .reset ? "< reset" : "< end")
        isOver = true
    }

    /// Sends a text and the end, and reads the whole answer.
    func exchange(_ text: String) throws { try say(text).finish().hearAll() }

    /// Closes, and waits until the log says what became of the connection.
    func close() throws {
        acts.append("> close")
        isOver = true
        client.close()
        try recording.waitForEnd(of: self)
    }

    /// Resets, and waits until the log says what became of the connection.
    func reset() throws {
        acts.append("> reset")
        isOver = true
        client.reset()
        try recording.waitForEnd(of: self)
    }

    /// Records that neither a byte nor the end has come.
    func expectSilence() throws {
        guard client.isSilent else { throw HarnessError("\(name) is not silent after \(acts)") }
        acts.append("< nothing")
    }

    /// Bytes as one line: with \n, \r and \xHH for what is not printable.
    private static func quoted(_ bytes: [UInt8]) -> String {
        let characters = bytes.map { byte in
            switch byte {
            case 10: "\\n"
            case 13: "\\r"
            case 34, 92: "\\" + String(UnicodeScalar(byte))
            case 32...126: String(UnicodeScalar(byte))
            default: "\\x" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
            }
        }
        return "\"" + characters.joined() + "\""
    }
}
