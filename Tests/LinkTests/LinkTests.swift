// What the installed handlers must be as files: small, alone, and hard to exploit. Asks readelf (binutils).
// Runs where DOORWARD_LIBEXEC names a directory of release handlers; see Makefile, "handlers".
import Glibc
import TestSupport
import Testing

private let libexec: String? = {
    // Sound: the text is copied at once.
    guard let directory = unsafe getenv("DOORWARD_LIBEXEC") else { return nil }
    return unsafe String(cString: directory)
}()

@Suite(
    "the release handlers as files",
    .enabled(if: libexec != nil, "set DOORWARD_LIBEXEC to the directory of the embedded handlers"))
struct LinkTests {
    /// Each is a folder of Sources/Handlers.
    static let handlers: [String] = {
        let root = #filePath.prefix(upTo: #filePath.firstRange(of: "/Tests/LinkTests/")!.lowerBound)
        return output(of: "cd '\(root)/Sources/Handlers' && ls -d */").split(separator: "\n").map {
            String($0.dropLast())
        }
    }()
    /// In bytes. command has every way in it that passwords are hashed.
    private static func mostBytes(_ handler: String) -> Int {
        switch handler {
        case "command": 128 << 10
        case "esmtp", "smtp-lab": 160 << 10
        default: 64 << 10
        }
    }

    private func path(_ handler: String) -> String { (libexec ?? "") + "/" + handler }

    @Test("there are handlers to look at")
    func some() {
        #expect(Self.handlers.contains("hello") && Self.handlers.count >= 9)
    }

    @Test("is at most 64 KB, 160 with the mail engine, 128 with the password formats of others", arguments: handlers)
    func size(handler: String) {
        var status = stat()
        // Sound: the call fills the structure.
        #expect(unsafe stat(path(handler), &status) == 0)
        #expect(status.st_size > 0)
        #expect(status.st_size <= Self.mostBytes(handler))
    }

    @Test("the smallest handler is at most 20 KB")
    func smallest() {
        var status = stat()
        // Sound: the call fills the structure.
        #expect(unsafe stat(path("hello"), &status) == 0)
        #expect(status.st_size <= 20480)
    }

    @Test("is a position-independent executable", arguments: handlers)
    func positionIndependent(handler: String) {
        let header = output(of: "LC_ALL=C readelf -hW '\(path(handler))'")
        #expect(header.contains("DYN "))
        #expect(output(of: "LC_ALL=C readelf -dW '\(path(handler))'").contains("PIE"))
    }

    @Test("needs no loader and no library", arguments: handlers)
    func isStatic(handler: String) {
        let segments = output(of: "LC_ALL=C readelf -lW '\(path(handler))'")
        #expect(segments.contains("LOAD"))
        #expect(!segments.contains("INTERP"))
        #expect(!output(of: "LC_ALL=C readelf -dW '\(path(handler))'").contains("NEEDED"))
    }

    @Test("has its relocations read-only and its stack not executable", arguments: handlers)
    func hardened(handler: String) {
        let lines = output(of: "LC_ALL=C readelf -lW '\(path(handler))'").split(separator: "\n")
        #expect(lines.contains { $0.contains("GNU_RELRO") })
        let stack = lines.first { $0.contains("GNU_STACK") }
        #expect(stack != nil)
        #expect(stack?.contains("RWE") == false)
        #expect(output(of: "LC_ALL=C readelf -dW '\(path(handler))'").contains("NOW"))
    }

    @Test("has no segment that is writable and executable", arguments: handlers)
    func writeOrExecute(handler: String) {
        let lines = output(of: "LC_ALL=C readelf -lW '\(path(handler))'").split(separator: "\n")
        #expect(!lines.contains { $0.contains("LOAD") && $0.contains("RWE") })
    }

    @Test("has nothing of Foundation in it", arguments: handlers)
    func noFoundation(handler: String) {
        #expect(output(of: "grep -c Foundation '\(path(handler))'") == "0\n")
    }
}
