// Sessions as text files, in Golden/: what the peer sends, and what must come back. A new handler's tests begin with a
// new file.
//
//     # a comment
//     run NAME ARGUMENT ...       GOLDEN in an argument is the folder of these files
//     env NAME=VALUE
//     > text                      the peer sends this; \r \n \t \\ \xHH
//     < text                      the handler answers this before the peer sends the next text
//     ends                        the peer half-closes here, and not after the last line of the file
//     closes                      the handler ends the session before the peer half-closes
//     status 0
//     log text                    a line on descriptor 2; a file lists all of them, in their order
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

    /// All bytes that the peer sends.
    package var sent: [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .send(let bytes) = step { return bytes }
            return []
        }
    }
    /// All bytes that must come back.
    package var received: [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .receive(let bytes) = step { return bytes }
            return []
        }
    }

    /// The folder of the files.
    package static let folder: String = {
        // Another user that runs the tests (scripts/test-as) may be able to read only its own copy of the project.
        let here = "Tests/HandlerTests/Golden"
        if Files.lookupProblem(here) == nil { return here }
        return String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/../HandlerTests/Golden"
    }()

    /// The beginning of the names of the sessions to play: DOORWARD_SESSIONS (`make sessions NAME=`), or empty for all.
    package static let chosen: String = {
        // Sound: the text is copied at once.
        guard let prefix = unsafe getenv("DOORWARD_SESSIONS") else { return "" }
        return unsafe String(cString: prefix)
    }()

    /// Every session in the folder with a name that begins so.
    package static let all: [Transcript] = {
        do {
            let names = try Files.names(in: folder).filter { $0.hasPrefix(chosen) && $0.hasSuffix(".txt") }
            return names.sorted().map { Transcript(name: $0) }
        } catch {
            preconditionFailure("\(folder): \(error)")
        }
    }()

    /// Reads a session from a file in this folder.
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
