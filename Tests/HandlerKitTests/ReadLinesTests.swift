// Files of lines.
import Glibc
import Testing

@testable import HandlerKit

@Suite("files of lines")
struct ReadLinesTests {
    @Test("the lines of a file are read one by one, a line that is too long is an event, and the descriptor stays open")
    func lines() throws {
        let pair = SocketPair(SOCK_STREAM)
        pair.peers.send([Array("one\n\(String(repeating: "x", count: 40))\r\nlast".utf8)])
        shutdown(pair.peers.number, Int32(SHUT_WR))
        var found: [String] = []
        try readLines(of: pair.ours.number, capacity: 16) { file throws(ConnectionError) in
            while let event = try file.nextLine(maximumLength: 15) {
                if case .line(let line) = event { found.append(file.text(line.text)) } else { found.append("too long") }
            }
        }
        #expect(found == ["one", "too long", "last"])
        #expect(fcntl(pair.ours.number, F_GETFD) >= 0)
    }

    @Test("a descriptor that cannot be read is an error")
    func unreadable() {
        #expect(throws: ConnectionError.reading(errno: EBADF)) {
            try readLines(of: -1, capacity: 16) { file throws(ConnectionError) in
                _ = try file.nextLine(maximumLength: 15)
            }
        }
    }
}
