// Sessions played with a handler alone: as a dialogue, and cut into pieces.
import TestSupport
import Testing

extension Transcript: CustomTestStringConvertible {
    public var testDescription: String { name }

    /// Plays it as a dialogue and checks every answer before the next text is sent.
    func play(over transport: Transport) {
        let running = RunningHandler(handler, arguments, over: transport, environment: environment)
        for step in steps {
            switch step {
            case .send(let bytes): running.send(bytes)
            case .receive(let bytes):
                let text = String(decoding: bytes, as: UTF8.self)
                #expect(running.receive(exactly: bytes.count) == text, "\(name)")
            case .closes: #expect(running.seesOrderlyEnd(), "\(name)")
            }
        }
        running.endInput()
        #expect(running.receiveAll() == "", "\(name)")
        check(running.wait())
    }

    /// Sends all of it in these pieces, each of which is one read of the handler's, and checks all that comes back.
    func check(_ cut: Cut) {
        let running = RunningHandler(handler, arguments, over: .packets, environment: environment)
        for piece in cut.pieces(of: sent) { running.send(piece) }
        running.endInput()
        #expect(readToEnd(running.output) == received, "\(name), \(cut)")
        check(running.wait())
    }

    private func check(_ ending: Ending) {
        #expect(ending.status == status, "\(name)")
        #expect(ending.log == log, "\(name)")
    }
}
