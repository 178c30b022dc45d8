// What the README shows is what there is: its files and commands are run as they stand, in their order.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("README")
    struct ReadmeTests {
        private static let root = Supervised.build + "/.."

        private func text(_ name: String) throws -> String {
            try String(contentsOfFile: "\(Self.root)/\(name)", encoding: .utf8)
        }

        @Test("it has at most 150 lines")
        func length() throws {
            #expect(try text("README.md").split(separator: "\n", omittingEmptySubsequences: false).count <= 151)
        }

        @Test(
            "its listings are the files they say they are",
            arguments: [
                "Sources/Handlers/hello/Hello.swift"
            ])
        func listings(file: String) throws {
            #expect(try text("README.md").contains(try text(file)))
        }

        @Test("its shell handler does what it says, without root too")
        func shellHandler() throws {
            let blocks = Readme.blocks(of: try text("README.md"))
            let shell = try #require(blocks.first { $0.language == "sh" })
            let doorward = try Supervised(
                services: ["shell": "listen = [\"127.0.0.1:0\"]\nhandler = [\"DIRECTORY/shell\"]"],
                files: ["shell": shell.text])
            #expect(try exchange(port: doorward.port("shell"), "Ada\n") == "Hello, Ada, from 127.0.0.1\n")
        }

        @Test("the example handler greets")
        func hello() throws {
            let doorward = try Supervised(services: ["hello": "listen = [\"127.0.0.1:0\"]\nhandler = [\"hello\"]"])
            let answer = try exchange(port: doorward.port("hello"), "Ada\n\n")
            #expect(answer == "What is your name?\r\nHello, Ada!\r\n")
        }

        @Test(
            "its commands, run in order on a machine of their own with its files as they stand, answer as it says",
            .enabled(if: PrivateMachine.isPossible, "needs root and iproute2"))
        func walk() throws {
            let readme = try text("README.md")
            let steps = Readme.steps(of: readme)
            #expect(steps.count { $0.isFile } == 3)
            let machine = try PrivateMachine(root: Self.root, programs: ["systemctl": Readme.systemctl])
            var script = Readme.prelude
            for (number, step) in steps.enumerated() {
                switch step {
                case .run: script += "\(step.command) > \"$own/run\" 2>&1 &\nrun=$!\nawait 'nc -z 127.0.0.1 7007'\n"
                case .file(let path, let text):
                    try machine.write(text, to: "step\(number)")
                    script += "install -D -m 644 \"$own/step\(number)\" '\(path)'\n"
                case .command(let command, _):
                    if command.hasPrefix("doorward status") { script += Readme.whenIdle }
                    if command.hasPrefix("make install") { script += Readme.endOfRun }
                    script += "{ \(command)\n} > \"$own/answer\(number)\" 2>&1\n"
                }
            }
            let outcome = try machine.perform(script + Readme.afterwards)
            #expect(outcome.status == 0, "\(outcome.output)\(outcome.error)")
            for (number, step) in steps.enumerated() {
                guard case .command(let command, let expected) = step else { continue }
                let answer = try machine.read("answer\(number)").replacingOccurrences(of: "\r", with: "")
                if command.hasPrefix("doorward status") {
                    #expect(StatusSample(answer) == StatusSample(expected), "\(answer)")
                } else if !command.hasPrefix("make install") {
                    #expect(answer == expected, "\(command)")
                }
            }
            // The service does what its file's first line says.
            #expect(try machine.read("mail").contains("Subject: to Ada\n"))
            #expect(try machine.read("greeting") == "What is your name?\r\nHello, Ada!\r\n")
            #expect(try machine.read("banned").contains("127.0.0.66"))
            #expect(try machine.read("verified") == "")
        }
    }
}

/// What the README says to do, in its order.
private enum Readme {
    enum Step {
        /// A command that goes on while the next ones are run.
        case run(String)
        case file(path: String, text: String)
        case command(String, answer: String)

        var isFile: Bool {
            if case .file = self { true } else { false }
        }

        var command: String {
            switch self {
            case .run(let command), .command(let command, _): command
            case .file: ""
            }
        }
    }

    /// The text between two lines of ```.
    struct Block {
        let language: String
        var text = ""
    }

    static func blocks(of page: String) -> [Block] {
        var blocks: [Block] = []
        var open: Block?
        for line in page.split(separator: "\n", omittingEmptySubsequences: false) {
            if line.hasPrefix("```") {
                if let block = open { blocks.append(block) }
                open = open == nil ? Block(language: String(line.dropFirst(3))) : nil
            } else {
                open?.text += line + "\n"
            }
        }
        return blocks
    }

    static func steps(of page: String) -> [Step] {
        var steps: [Step] = page.contains("\n    make run ") ? [.run("make run")] : []
        for block in blocks(of: page) {
            switch block.language {
            case "console":
                for line in block.text.split(separator: "\n", omittingEmptySubsequences: false).dropLast() {
                    if line.hasPrefix("$ ") {
                        steps.append(.command(String(line.dropFirst(2)), answer: ""))
                    } else if case .command(let command, let answer)? = steps.popLast() {
                        steps.append(.command(command, answer: answer + line + "\n"))
                    }
                }
            case "toml", "sh":
                // A file's first comment says where it belongs.
                let comment = block.text.split(separator: "\n").first { $0.hasPrefix("# /") } ?? ""
                let word = comment.dropFirst(2).split(separator: " ").first ?? ""
                let path = word.last.map { ":.".contains($0) } == true ? word.dropLast() : word
                steps.append(.file(path: String(path), text: block.text))
            default: break
            }
        }
        return steps
    }

    /// `make test` has built everything, and `make` is told so. A wait has an end.
    static let prelude = """
        make() { command make --no-print-directory -o all "$@"; }
        await() {
            tries=0
            until sh -c "$1" > /dev/null 2>&1; do
                tries=$((tries + 1))
                [ $tries -lt 200 ] || { echo "in vain: $1"; exit 1; }
                sleep 0.1
            done
        }

        """

    /// Ends `make run`, and waits until its port is free.
    static let endOfRun = """
        kill "$(cat build/state/pid)"
        wait $run
        await '! nc -z 127.0.0.1 7007'

        """

    /// Waits until no handler runs: a client may see its end before the gate does.
    static let whenIdle = "await 'doorward status | awk \"/serving/ && \\$3 > 0 { exit 1 }\"'\n"

    /// systemd is not on this machine, and is not tested: this does what the unit says that `make install` has put
    /// where systemd looks for units.
    static let systemctl = """
        #!/bin/sh
        line() { sed -n "s/^$1=//p" /usr/local/lib/systemd/system/doorward.service; }
        case $* in
            'enable --now doorward')
                $(line ExecStart) 2> "$own/log" < /dev/null > /dev/null &
                until doorward status 2> /dev/null | grep -q serving; do sleep 0.1; done ;;
            'reload doorward') $(line ExecReload) >> "$own/log" 2>&1 ;;
            *) exit 1 ;;
        esac

        """

    /// A mail is taken, the example greets, the sensor bans, and systemd has no complaint about the unit.
    static let afterwards = """
        swaks --server 127.0.0.1 --from bob@example.net --to ada@example.org --h-Subject 'to Ada' > "$own/swaks"
        cat /srv/mail/ada/new/* > "$own/mail"
        printf 'Ada\\n\\n' | nc -N 127.0.0.1 7009 > "$own/greeting"
        nc -s 127.0.0.66 -w 5 127.0.0.1 23 < /dev/null || true
        await 'doorward blocked | grep -q 127.0.0.66'
        doorward blocked > "$own/banned"
        systemd-analyze verify --man=no /usr/local/lib/systemd/system/doorward.service > "$own/verified" 2>&1 || true
        doorward stop

        """
}

/// An answer of `status` without what differs from machine to machine and run: pids, times, widths, and
/// the lines about the kernel.
private struct StatusSample: Equatable {
    let head: String
    let hasKernelFilter: Bool
    var rows: [[String]]

    init(_ text: String) {
        let lines = text.split(separator: "\n").map(String.init)
        let table = lines.firstIndex { $0.hasPrefix("service ") } ?? lines.endIndex
        head = String((lines.first ?? "").prefix { $0 != "," })
        hasKernelFilter = lines[..<table].contains { $0.hasPrefix("kernel filter: ") }
        rows = lines[table...].map { line in
            line.components(separatedBy: "  ").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
        }
        guard let names = rows.first else { return }
        for (row, cells) in rows.enumerated().dropFirst() where cells.count == names.count {
            for (column, name) in names.enumerated() where ["gate", "up"].contains(name) {
                rows[row][column] = cells[column].first?.isNumber == true ? "N" : cells[column]
            }
        }
    }
}
