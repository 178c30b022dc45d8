// scripts/new-handler, in a copy of the tree: the handler that it makes works unchanged, and after a refusal no file is
// left.
import Glibc
import TestSupport
import Testing

/// The folder of the build, which DOORWARD_BUILD names, as in `make test`: the copy is in it, and stays for the next
/// run.
private let build = unsafe getenv("DOORWARD_BUILD").map { unsafe String(cString: $0) }

@Suite("new-handler", .serialized, .enabled(if: build != nil, "set DOORWARD_BUILD to build/"))
struct NewHandlerTests {
    private let copy = (build ?? "") + "/test/new-handler"

    /// Copies the tree; the build of the last copy stays.
    init() {
        let root = Transcript.folder + "/../../.."
        #expect(
            run(
                "mkdir -p '\(copy)' && rm -rf '\(copy)'/[!.]* && cd '\(root)' && "
                    + "cp -Rp Package.swift Makefile .swift-format Sources Tests etc scripts services '\(copy)'")
                == "0\n")
    }

    /// The output of the commands, with their exit status as the last line.
    private func run(_ commands: String) -> String { output(of: "( \(commands) ) 2>&1; echo $?") }

    private func inCopy(_ commands: String) -> String { run("cd '\(copy)' && \(commands)") }

    @Test("the new handler is formatted, builds as Embedded Swift, and passes its own session")
    func works() {
        let name = "word-of-the-day"
        #expect(inCopy("make --no-print-directory new-handler NAME=\(name)").hasSuffix("is the guide.\n0\n"))
        let made = "Sources/Handlers/\(name) Package.swift"
        #expect(inCopy("${SWIFT:-swift} format lint --strict --recursive \(made)") == "0\n")
        let product = inCopy("make handlers HANDLERS=\(name)")
        #expect(product.hasSuffix("\n0\n"), "\(product)")

        let program = "\(copy)/build/libexec/doorward/\(name)"
        let session = "Tests/HandlerTests/Golden/\(name).txt"
        #expect(inCopy("sed -i 's|^run \(name)$|run \(program)|' \(session)") == "0\n")
        let transcript = Transcript(name: name + ".txt", in: copy + "/Tests/HandlerTests/Golden")
        #expect(transcript.handler == program)
        for transport in Transport.allCases { transcript.play(over: transport) }
        for cut in Segmentation.all(of: transcript.sent) { transcript.check(cut) }
        // The same name is refused the second time.
        #expect(inCopy("scripts/new-handler \(name)").contains("taken; there is Sources/Handlers/\(name)"))
    }

    @Test("its service has a port of its own, and Package.swift has its line once, in the right place")
    func place() {
        for name in ["greeter", "aaa", "zzz", "session"] {
            #expect(inCopy("scripts/new-handler \(name)").hasSuffix("0\n"))
        }
        #expect(inCopy("cat services/*.toml | grep '^listen' | sort | uniq -d") == "0\n")
        let simple = inCopy("sed -n '/^    handler(\"[a-z-]*\"),$/p' Package.swift")
        let names = simple.split(separator: "\"").map(String.init).filter { $0.allSatisfy(\.isLetter) }
        #expect(names == names.sorted())
        #expect(Set(names).isSuperset(of: ["aaa", "echo", "greeter", "hello", "zzz"]))
        #expect(names.count == Set(names).count)
    }

    @Test("a wrong name is refused with a reason, and no file changes")
    func refused() {
        let contents = "find . -path ./.build -prune -o -type f -print | sort | xargs -d '\\n' cksum"
        let before = inCopy(contents)
        for (name, reason) in [
            ("", "which name?"), ("Greeter", "not a name"), ("1st", "not a name"), ("-a", "not a name"),
            ("a-", "not a name"), ("a--b", "not a name"), ("a/b", "not a name"), ("..", "not a name"),
            ("a b", "not a name"),
            (String(repeating: "a", count: 33), "at most 32"), ("class", "a word of Swift's"), ("hello", "taken"),
            ("daytime", "services/daytime.toml"), ("template", "taken"), ("gate", "target"), ("doorward", "target"),
        ] {
            let answer = inCopy("scripts/new-handler '\(name)'")
            #expect(
                answer.hasPrefix("new-handler: ") && answer.contains(reason) && answer.hasSuffix("\n1\n"), "\(answer)")
        }
        // make must not read a name as a part of a command.
        for name in ["a\"b", "a`id`", "a;id"] {
            #expect(
                inCopy("make --no-print-directory new-handler NAME='\(name)'").hasPrefix(
                    "new-handler: NAME=\(name): not"))
        }
        #expect(inCopy(contents) == before)
    }
}
