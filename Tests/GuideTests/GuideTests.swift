// The guide shows the files of the repository: each listing is a file, or whole lines of one, and each command gives
// the answer that the guide shows. Package.swift and `make guide` compile the listings, and TranscriptTests plays their
// sessions.
import Glibc
import TestSupport
import Testing

@Suite("the guide")
struct GuideTests {
    static let root = String(#filePath.prefix(upTo: #filePath.firstRange(of: "/Tests/GuideTests/")!.lowerBound))
    static let path = "Sources/HandlerKit/HandlerKit.docc/WritingHandlers.md"
    static let blocks = CodeBlock.all(of: text(path))

    /// The text of a file of the repository; empty if there is none.
    private static func text(_ path: String) -> String { output(of: "cat '\(root)/\(path)'") }

    @Test("the guide has listings and commands")
    func some() {
        #expect(Self.blocks.filter { $0.language == "swift" }.count >= 8)
        #expect(Self.blocks.contains { $0.isChecked })
    }

    @Test("a listing is the text of the file that it names", arguments: blocks.filter { $0.language != "console" })
    func listing(block: CodeBlock) {
        let file = Self.text(block.file)
        #expect(file != "", "no file: '\(block.file)'")
        if block.text != file { #expect(("\n" + file).contains("\n" + block.text), "\(block.file)") }
    }

    @Test("the guide shows every file of its handlers and services as a whole")
    func complete() {
        let files = output(
            of: "cd '\(Self.root)' && ls Tests/GuideTests/Listings/*/*.swift Tests/GuideTests/Services/*")
        for file in files.split(separator: "\n").map(String.init) where !file.contains("emplate") {
            let text = Self.text(file)
            #expect(Self.blocks.contains { $0.file == file && $0.text == text }, "\(file)")
        }
    }

    @Test(
        "a command that the guide shows with an answer gives that answer", .enabled(if: isBuilt, "make guide"),
        arguments: blocks.filter(\.isChecked))
    func command(block: CodeBlock) {
        let lines = block.text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false)
        let answer = output(of: "cd '\(Self.root)' && \(lines[0].dropFirst(2)) | tr -d '\\r'")
        #expect(answer == lines[1])
    }

    @Test("check finds no fault in the services of the guide and of the template", .enabled(if: isBuilt, "make guide"))
    func services() {
        let answer = output(
            of: """
                cd '\(Self.root)' && handlers=$(mktemp -d) && cp build/libexec/doorward/* build/guide/* "$handlers"
                build/bin/doorward check --services Tests/GuideTests/Services --handlers "$handlers" \
                    --config etc/packaging/doorward.toml 2>&1 || echo failed
                rm -r "$handlers"
                """)
        #expect(answer.split(separator: "\n").count == 3)
        #expect(!answer.contains("failed"), "\(answer)")
    }

    /// Whether DOORWARD_BUILD says that everything is built, as in `make test`.
    private static let isBuilt = unsafe getenv("DOORWARD_BUILD") != nil
}

/// The text between two lines of ```.
struct CodeBlock: CustomTestStringConvertible {
    let language: String
    /// The last name in backquotes before it, if the line before it ends in a colon.
    let file: String
    /// The lines, each with its LF.
    let text: String

    /// Whether the block is one command that needs no server, with its answer.
    var isChecked: Bool { language == "console" && text.hasPrefix("$ printf") && text.contains("build/guide/") }

    var testDescription: String { file.isEmpty ? String(text.prefix { $0 != "\n" }) : file }

    /// Finds the blocks of a page.
    static func all(of page: String) -> [CodeBlock] {
        var blocks: [CodeBlock] = []
        var language: String?
        var (file, text) = ("", "")
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if let open = language {
                if line == "```" {
                    blocks.append(CodeBlock(language: open, file: file, text: text))
                    (language, file, text) = (nil, "", "")
                } else {
                    text += line + "\n"
                }
            } else if line.hasPrefix("```") {
                language = String(line.dropFirst(3))
            } else if line.hasSuffix("`:") {
                file = String(line.dropLast(2).suffix(from: line.dropLast(2).lastIndex(of: "`")!).dropFirst())
            } else if !line.isEmpty {
                file = ""
            }
        }
        return blocks
    }
}
