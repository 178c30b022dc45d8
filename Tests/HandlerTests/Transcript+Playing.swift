// Plays sessions with a handler alone: as a dialogue, and cut into pieces.
import TestSupport
import Testing

extension Transcript: CustomTestStringConvertible {
    public var testDescription: String { name }

    /// Plays the session as a dialogue, and checks each answer before it sends the next text. False: an answer differs.
    @discardableResult
    func play(over transport: Transport) -> Bool {
        let running = RunningHandler(handler, arguments, over: transport, environment: environment)
        var isSame = true
        for step in steps where isSame {
            switch step {
            case .send(let bytes): running.send(bytes)
            // The timeout ends the wait for an answer that is shorter than in the file.
            case .receive(let bytes):
                isSame = compare(running.receive(exactly: bytes.count, timeout: 20_000), bytes, "\(transport)")
            case .ends: running.endInput()
            case .closes:
                isSame = running.seesOrderlyEnd()
                #expect(isSame, "\(name): does not end the session")
            }
        }
        running.endInput()
        let rest = readToEnd(running.output)
        if isSame { isSame = compare(rest, [], "\(transport), at the end") }
        return check(running.wait()) && isSame
    }

    /// Sends the session in these pieces, each of which the handler gets with one read, and checks all output. False:
    /// it differs.
    @discardableResult
    func check(_ cut: Segmentation) -> Bool {
        let running = RunningHandler(handler, arguments, over: .packets, environment: environment)
        for piece in cut.pieces(of: sent) { running.send(piece) }
        running.endInput()
        let isSame = compare(readToEnd(running.output), received, "\(cut)")
        return check(running.wait()) && isSame
    }

    private func compare(_ bytes: [UInt8], _ expected: [UInt8], _ how: String) -> Bool {
        let isSame = bytes == expected
        #expect(isSame, "\(name), \(how): \(Self.quoted(bytes)) came, not \(Self.quoted(expected))")
        return isSame
    }

    private static func quoted(_ bytes: [UInt8]) -> String { String(decoding: bytes, as: UTF8.self).debugDescription }

    private func check(_ ending: HandlerResult) -> Bool {
        #expect(ending.status == status, "\(name)")
        #expect(ending.log == log, "\(name)")
        return ending.status == status && ending.log == log
    }
}
