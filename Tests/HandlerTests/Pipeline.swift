// A chain of programs with socketpairs between them, as in a service with filters; the peer has both ends of the chain.
import Glibc

/// A chain of programs: filters, a handler, filters.
final class Pipeline {
    /// The descriptor of the peer: it sends to the first program and receives from the last one.
    let peer: Int32
    private var processes: [pid_t] = []
    private let log: Int32

    /// - Parameter programs: each with its arguments; a handler by its name, another program by its path.
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

    /// Sends bytes; those that the chain does not take are dropped.
    func send(_ text: String) {
        let bytes = Array(text.utf8)
        // Sound: the address and the count are those of the array.
        _ = unsafe bytes.withUnsafeBytes { unsafe write(peer, $0.baseAddress, $0.count) }
    }

    /// Ends the peer's output.
    func endInput() { shutdown(peer, Int32(SHUT_WR)) }

    /// Reads until this number of bytes came, or the end.
    func receive(exactly count: Int) -> String {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = readOnce(peer, count - bytes.count)
            if more.isEmpty { break }
            bytes += more
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Closes the peer, waits for each program, and returns their statuses and their log.
    func end() -> (statuses: [Int32], log: String) {
        close(peer)
        let text = String(decoding: readToEnd(log), as: UTF8.self)
        close(log)
        return (processes.map { endingStatus(of: $0) }, text)
    }
}
