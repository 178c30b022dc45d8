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
// `play` plays it as a dialogue; `answer` sends all of it at once, cut in some way, and gives back what came.
import Glibc
import Testing

/// One session.
struct Transcript: CustomTestStringConvertible {
    enum Step {
        case send([UInt8])
        case receive([UInt8])
        case ends
        case closes
    }

    let name: String
    private(set) var handler = ""
    private(set) var arguments: [String] = []
    private(set) var environment: [String] = []
    private(set) var steps: [Step] = []
    private(set) var status: Int32 = 0
    private(set) var log = ""

    var testDescription: String { name }

    /// All that is sent.
    var sent: [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .send(let bytes) = step { return bytes }
            return []
        }
    }
    /// All that must come back.
    var received: [UInt8] {
        steps.flatMap { step -> [UInt8] in
            if case .receive(let bytes) = step { return bytes }
            return []
        }
    }

    /// The folder of the files.
    static let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/")!)) + "/Golden"

    /// What the names of the sessions to play begin with: all of them, or DOORWARD_SESSIONS (`make sessions NAME=`).
    static let chosen: String = {
        // Sound: the text is copied at once.
        guard let prefix = unsafe getenv("DOORWARD_SESSIONS") else { return "" }
        return unsafe String(cString: prefix)
    }()

    /// Every session in the folder that is to be played.
    static let all: [Transcript] = {
        guard let folder = unsafe opendir(Self.folder) else { return [] }
        defer { unsafe _ = closedir(folder) }
        var names: [String] = []
        while let entry = unsafe readdir(folder) {
            // Sound: the name ends with a zero byte.
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) { name in
                unsafe name.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name.hasPrefix(chosen) && name.hasSuffix(".txt") { names.append(name) }
        }
        return names.sorted().map { Transcript(name: $0) }
    }()

    /// Reads a file of the folder, or of another one.
    init(name: String, in folder: String = Self.folder) {
        self.name = name
        let file = unsafe open(folder + "/" + name, O_RDONLY | O_CLOEXEC)
        precondition(file >= 0, "\(name)")
        defer { close(file) }
        for line in String(decoding: readToEnd(file), as: UTF8.self).split(separator: "\n") { add(String(line)) }
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

    /// Plays it as a dialogue and checks every answer before the next text is sent. False: it went otherwise.
    @discardableResult
    func play(over transport: Transport) -> Bool {
        let running = RunningHandler(handler, arguments, over: transport, environment: environment)
        var isSame = true
        for step in steps where isSame {
            switch step {
            case .send(let bytes): running.send(bytes)
            // An answer that is shorter than the file says would be waited for until the handler gives up.
            case .receive(let bytes):
                isSame = compare(running.receive(exactly: bytes.count, patience: 20_000), bytes, "\(transport)")
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

    /// Sends all of it in these pieces, each of which is one read of the handler's, and checks all that comes back. False: it
    /// went otherwise.
    @discardableResult
    func check(_ cut: Cut) -> Bool {
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

    private func check(_ ending: Ending) -> Bool {
        #expect(ending.status == status, "\(name)")
        #expect(ending.log == log, "\(name)")
        return ending.status == status && ending.log == log
    }
}

/// How a stream is cut into reads.
enum Cut: CustomStringConvertible {
    case whole
    case bytes
    case after(Int)

    /// In one piece, byte by byte, and in two pieces in every way.
    static func all(of bytes: [UInt8]) -> [Cut] { [.whole, .bytes] + bytes.indices.dropFirst().map { .after($0) } }

    func pieces(of bytes: [UInt8]) -> [[UInt8]] {
        switch self {
        case .whole: [bytes].filter { !$0.isEmpty }
        case .bytes: bytes.map { [$0] }
        case .after(let count): [Array(bytes.prefix(count)), Array(bytes.dropFirst(count))]
        }
    }

    var description: String {
        switch self {
        case .whole: "in one piece"
        case .bytes: "byte by byte"
        case .after(let count): "cut after \(count)"
        }
    }
}
