// Sessions as text files, in Golden/: what is sent, and what must come back. A new handler's tests begin with a new file.
//
//     # words about it; the items of the reference that it covers
//     run NAME ARGUMENT ...       GOLDEN in an argument is the folder of these files
//     env NAME=VALUE
//     > text                      sent; \r \n \t \\ \xHH
//     < text                      answered before the next text is sent
//     ends                        the peer says here already that it sends no more, not only when everything is through
//     closes                      the handler ends the session, before the peer says that it sends no more
//     status 0
//     log text                    a line on descriptor 2; all of them, in their order
//
// HandlerTests plays them over pipes and sockets, cut in every way; EndToEndTests through a running supervisor.
internal import Glibc
import LinuxSystem

/// One session.
package struct Transcript: Sendable {
    package enum Step: Sendable {
        case send([UInt8])
        case receive([UInt8])
        case ends
        case closes
    }

    package let name: String
    package private(set) var handler = ""
    package private(set) var arguments: [String] = []
    package private(set) var environment: [String] = []
    package private(set) var steps: [Step] = []
    package private(set) var status: Int32 = 0
    package private(set) var log = ""

    /// All that is sent.
    package var sent: [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .send(let bytes) = step { return bytes }
            return []
        }
    }
    /// All that must come back.
    package var received: [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .receive(let bytes) = step { return bytes }
            return []
        }
    }

    /// The folder of the files.
    package static let folder: String = {
        // An ordinary user may be able to read only the copy of the project that scripts/test-as makes.
        let here = "Tests/HandlerTests/Golden"
        if Files.lookupProblem(here) == nil { return here }
        return String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/../HandlerTests/Golden"
    }()

    /// What the names of the sessions to play begin with: all of them, or DOORWARD_SESSIONS (`make sessions NAME=`).
    package static let chosen: String = {
        // Sound: the text is copied at once.
        guard let prefix = unsafe getenv("DOORWARD_SESSIONS") else { return "" }
        return unsafe String(cString: prefix)
    }()

    /// Every session in the folder that is to be played.
    package static let all: [Transcript] = {
        do {
            let names = try Files.names(in: folder).filter { $0.hasPrefix(chosen) && $0.hasSuffix(".txt") }
            return names.sorted().map { Transcript(name: $0) }
        } catch {
            preconditionFailure("\(folder): \(error)")
        }
    }()

    /// Reads a file of the folder, or of another one.
    package init(name: String, in folder: String = Self.folder) {
        self.name = name
        do {
            let text = text(try Files.read("\(folder)/\(name)", most: 1 << 20))
            for line in text.split(separator: "\n") { add(String(line)) }
        } catch {
            preconditionFailure("\(name): \(error)")
        }
    }

    private mutating func add(_ line: String) {
        let word = line.prefix { $0 != " " }
        let rest = String(line.dropFirst(word.count + 1))
        switch word {
        case "#": break
        case "run":
            let words = rest.split(separator: " ").map { String($0.replacing("GOLDEN", with: Self.folder)) }
            (handler, arguments) = (words[0], Array(words.dropFirst()))
        case "env": environment.append(rest)
        case ">": steps.append(.send(Self.bytes(rest)))
        case "<": steps.append(.receive(Self.bytes(rest)))
        case "ends": steps.append(.ends)
        case "closes": steps.append(.closes)
        case "status": status = Int32(rest)!
        case "log": log += String(decoding: Self.bytes(rest), as: UTF8.self) + "\n"
        default: preconditionFailure("\(name): \(line)")
        }
    }

    private static func bytes(_ text: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\"), let escape = rest.popFirst() else {
                bytes.append(byte)
                continue
            }
            switch escape {
            case UInt8(ascii: "r"): bytes.append(0x0d)
            case UInt8(ascii: "n"): bytes.append(0x0a)
            case UInt8(ascii: "t"): bytes.append(0x09)
            case UInt8(ascii: "x"):
                bytes.append(UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)!)
                rest = rest.dropFirst(2)
            default: bytes.append(escape)
            }
        }
        return bytes
    }
}
