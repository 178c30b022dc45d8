// Programs one behind the other with socketpairs in between, as a service with filters has them; the peer is at both ends.
import Glibc

/// A chain of programs: filters, a handler, filters.
final class Pipeline {
    /// The peer's side: bytes for the first program, and from the last one.
    let peer: Int32
    private var processes: [pid_t] = []
    private let log: Int32

    /// - Parameter programs: each with its arguments; a handler by its name, anything else by its path.
    init(_ programs: [[String]]) {
        signal(SIGPIPE, SIG_IGN)
        let outer = socketPair()
        let logPipe = pipePair()
        (peer, log) = (outer[0], logPipe[0])
        var input = outer[1]
        for (number, program) in programs.enumerated() {
            let isLast = number == programs.count - 1
            let between = isLast ? [outer[1], outer[1]] : socketPair()
            let environment = ["PATH=/usr/bin:/bin"]
            processes.append(
                spawn(
                    programPath(program[0]), Array(program.dropFirst()), environment, input, between[0], logPipe[1]))
            if !isLast { close(between[0]) }
            if number > 0 { close(input) }
            input = between[1]
        }
        close(outer[1])
        close(logPipe[1])
    }

    /// Sends bytes; what is not taken any more is left out.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // Sound: the array's own bytes.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(peer, $0.baseAddress, $0.count) }
    }

    /// Says that the peer sends no more.
    func endInput() { shutdown(peer, Int32(SHUT_WR)) }

    /// Reads until this many bytes came, or the end.
    func receive(exactly count: Int) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = readOnce(peer, count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Goes away, waits for every program, and gives back how each ended and what they logged.
    func end() -> (statuses: [Int32], log: String) {
        close(peer)
        let text = String(decoding: readToEnd(log), as: UTF8.self)
        close(log)
        return (processes.map { endingStatus(of: $0) }, text)
    }
}
