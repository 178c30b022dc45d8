// Gates and resolvers that do what the test says, in their own sandbox and with their own descriptors
// (Tests/GateAttacker).
import Foundation
import Glibc

/// One line of an attacker.
struct Attempt {
    let name: String
    /// `refused`, `DONE`, `void`, `left`, `allowed` or `sent`; Tests/Attacker/attacker.h says what they mean.
    let result: String
    let how: String

    init?(_ line: Substring) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count == 4 else { return nil }
        (name, result, how) = (String(fields[0]), String(fields[1]), String(fields[2]))
    }

    static func all(in text: String) -> [Attempt] { text.split(separator: "\n").compactMap { Attempt($0) } }
}

/// The names of attempts in a list of docs/security.md: its lines that begin with a name in backquotes have the names,
/// and nothing else in backquotes.
///
/// - Parameter list: what stands in the comment before the list.
func documentedAttempts(_ list: String) throws -> [String] {
    let text = try String(contentsOfFile: Supervised.build + "/../docs/security.md", encoding: .utf8)
    guard let start = text.range(of: "<!-- \(list) -->"),
        let end = text.range(of: "<!-- end -->", range: start.upperBound..<text.endIndex)
    else { throw HarnessError("docs/security.md has no list of \(list)") }
    let lines = text[start.upperBound..<end.lowerBound].split(separator: "\n").filter { $0.hasPrefix("  `") }
    return lines.flatMap { line -> [String] in
        let parts = line.split(separator: "`", omittingEmptySubsequences: false)
        return parts.enumerated().filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }
}

/// The programs of a supervisor whose gates and resolver can be taken over.
final class TakenOver {
    private let programs: PreloadedPrograms
    var bin: String { programs.directory }

    /// The form of the shared file: Tests/GateAttacker/inside.c.
    private enum Shared {
        static let (pid, state, command, answer) = (0, 4, 8, 4096)
        static let byteCount = answer + 1 << 18
        static let bytes = byteCount + 4
        static let mostBytes = 1 << 21
        static let (asked, answered): (Int32, Int32) = (1, 3)
    }

    init() throws {
        programs = try PreloadedPrograms(
            "gate-attacker.so", into: ["doorward-gate", "doorward-resolver", "doorward-log"],
            sharing: Shared.bytes + Shared.mostBytes)
    }

    private var state: Int32 { programs.shared.load(fromByteOffset: Shared.state, as: Int32.self) }

    /// Has a process make attempts, and returns their results.
    ///
    /// - Parameters:
    ///   - names: separated by commas.
    ///   - words: the targets, as inside.c describes them.
    ///   - frames: what the process is to send.
    func attempts(_ names: String, in pid: Int32, _ words: [String], frames: [UInt8] = []) throws -> [Attempt] {
        let shared = programs.shared
        let command = ([names] + words).joined(separator: " ")
        guard frames.count <= Shared.mostBytes, command.utf8.count < Shared.answer - Shared.command else {
            throw HarnessError("too much for the shared file")
        }
        command.withCString { (shared + Shared.command).copyMemory(from: $0, byteCount: strlen($0) + 1) }
        frames.withUnsafeBytes { bytes in
            if let address = bytes.baseAddress {
                (shared + Shared.bytes).copyMemory(from: address, byteCount: bytes.count)
            }
        }
        shared.storeBytes(of: UInt32(frames.count), toByteOffset: Shared.byteCount, as: UInt32.self)
        shared.storeBytes(of: pid, toByteOffset: Shared.pid, as: Int32.self)
        shared.storeBytes(of: Shared.asked, toByteOffset: Shared.state, as: Int32.self)
        try wait {
            // Ends the wait of the process, which looks for a command then.
            if state == Shared.asked { for signal in [SIGSTOP, SIGCONT] { kill(pid, signal) } }
            return state == Shared.answered
        }
        return Attempt.all(in: String(cString: (shared + Shared.answer).assumingMemoryBound(to: CChar.self)))
    }

    /// The names of attempts: `all`, or `own`, those that handlers do not make.
    static func names(_ which: String = "all") throws -> [String] {
        let library = Supervised.build + "/test/gate-attacker.so"
        let outcome = try run(["/bin/true"], environment: ["LD_PRELOAD": library, "ATTACK_LIST": which])
        guard outcome.status == 0 else { throw HarnessError("no list of attempts: \(outcome.error)") }
        let names = outcome.output.split(separator: "\n").map(String.init)
        guard !names.isEmpty else { throw HarnessError("there is no attempt of '\(which)'") }
        return names
    }
}
