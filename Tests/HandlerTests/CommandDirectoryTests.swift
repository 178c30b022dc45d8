// The commands of a directory: which files are commands, and how they run.
import Glibc
import TestSupport
import Testing

@Suite("command, its directory", .serialized)
struct CommandDirectoryTests {
    private func start(_ files: CommandFiles, _ more: [String] = [], input: String, environment: [String] = [])
        -> (answer: String, ending: HandlerResult)
    {
        let arguments = files.arguments + ["--commands", files.path + "/commands"] + more
        let (output, ending) = session("command", arguments, environment: environment, input: input)
        #expect(ending.status == 0)
        let lines = output.split(separator: "\n", maxSplits: 2, omittingEmptySubsequences: false)
        return (String(lines.last ?? ""), ending)
    }

    @Test(
        "executable files are commands by their names, sorted after the built-in ones; no file replaces one of those"
    )
    func names() throws {
        let files = try CommandFiles()
        for name in [
            "uptime", "Zeta", "a1_b-c", "0", "motd", "quit", "x.bak", "x~", ".hidden", "-x", "with space", "b",
        ] {
            try files.script(name, "echo \(name) ran\n")
        }
        try files.script(String(repeating: "l", count: 32), "")
        try files.script(String(repeating: "l", count: 33), "")
        try files.write("commands/data", "not executable\n")
        let names = "motd date who quit 0 Zeta a1_b-c b \(String(repeating: "l", count: 32)) uptime"
        let (answer, ending) = start(files, input: "help\n0\nuptime\nmotd\n./uptime\nuptime \n../motd\nx.bak\ndata\n")
        let usage = "Commands: \(names)\n"
        #expect(answer == usage + "0 ran\nuptime ran\nHave a lot of fun...\n" + String(repeating: usage, count: 5))
        #expect(ending.log == "")
    }

    @Test("more than 64 commands are left out, with a line in the log")
    func tooMany() throws {
        let files = try CommandFiles()
        for number in 0..<70 { try files.script("c\(number)", "") }
        let (answer, ending) = start(files, input: "help\n")
        #expect(answer.split(separator: " ").count == 5 + 64)
        #expect(ending.log == "too many commands path=\(files.path)/commands most=64\n")
    }

    @Test("a missing directory has a line in the log, and the session has the built-in commands")
    func noDirectory() {
        let (output, ending) = session("command", ["--commands", "/nowhere"], input: "quit\n")
        #expect(output == "Welcome to command\nAvailable commands: motd date who quit\n")
        #expect(ending.log == "cannot read path=/nowhere errno=2\n")
    }

    @Test("a command has no arguments, no input, the environment of the service, and only the descriptors 0, 1 and 2")
    func processEnvironment() throws {
        let files = try CommandFiles()
        try files.script(
            "show",
            """
            echo "$# $NAME ${REMOTE_USER-nobody}"; cat
            for fd in 0 1 2 3 4 5 6 7 8 9; do if [ -e /proc/self/fd/$fd ]; then echo $fd; fi; done

            """)
        let environment = ["PATH=/usr/bin:/bin", "NAME=value", "REMOTE_USER=forged"]
        let (answer, ending) = start(files, input: "show\nshow\n", environment: environment)
        #expect(answer == String(repeating: "0 value nobody\n0\n1\n2\n", count: 2))
        #expect(ending.log == "")
    }

    @Test("REMOTE_USER is the name of the user after a login")
    func user() throws {
        let files = try CommandFiles()
        try files.script("me", "echo \"$REMOTE_USER\"\n")
        let arguments = files.login("user dougm") + ["--commands", files.path + "/commands"]
        let (output, _) = session(
            "command", arguments, environment: ["REMOTE_USER=forged"], input: "dougm\nfoobar\nme\nquit\n")
        #expect(output.hasSuffix("\ndougm\n"))
    }

    @Test("a command that fails or cannot be started has a line in the log, and the session goes on")
    func failing() throws {
        let files = try CommandFiles()
        try files.script("three", "echo text; exit 3\n")
        try files.script("killed", "kill -TERM $$\n")
        try files.write("commands/broken", "#!/no/such/interpreter\n", mode: 0o755)
        try files.write("commands/empty", "", mode: 0o755)
        let (answer, ending) = start(files, input: "three\nkilled\nbroken\nempty\nmotd\n")
        #expect(answer == "text\nbroken: cannot be started\nempty: cannot be started\nHave a lot of fun...\n")
        #expect(
            ending.log == """
                command failed name=three status=3
                command failed name=killed status=143
                cannot start command name=broken errno=2
                cannot start command name=empty errno=8

                """)
    }

    @Test("SIGPIPE has its default action: a command whose reader ends is killed quietly")
    func brokenPipe() throws {
        let files = try CommandFiles()
        try files.script("pipe", "yes | head -n 1\n")
        let (answer, ending) = start(files, input: "pipe\n", environment: ["PATH=/usr/bin:/bin"])
        #expect(answer == "y\n")
        #expect(ending.log == "")
    }

    @Test("the output and the time of a command are bounded, also if it closed its output")
    func limits() throws {
        let files = try CommandFiles()
        try files.script("much", "while :; do echo 123456789; done\n")
        try files.script("slow", "echo begun; sleep 600\n")
        try files.script("silent", "exec >&-; sleep 600\n")
        try files.script("parent", "sleep 600 & echo gone\n")
        let (answer, ending) = start(
            files, ["--command-output", "15", "--command-timeout", "300ms"],
            input: "much\nslow\nsilent\nparent\nmotd\n",
            environment: ["PATH=/usr/bin:/bin"])
        #expect(
            answer == """
                123456789
                12345
                much: too much output
                begun

                slow: took too long

                silent: took too long
                gone

                parent: took too long
                Have a lot of fun...

                """)
        #expect(
            ending.log == """
                command stopped name=much limit=output
                command stopped name=slow limit=time
                command stopped name=silent limit=time
                command stopped name=parent limit=time

                """)
    }

    @Test("output of exactly the limit is sent whole")
    func exactOutput() throws {
        let files = try CommandFiles()
        try files.script("ten", "echo 123456789\n")
        #expect(start(files, ["--command-output", "10"], input: "ten\n").answer == "123456789\n")
    }

    @Test(
        "a command and its children are gone after a stop, after the peer hangs up, and after the handler is killed")
    func nothingLeft() throws {
        let files = try CommandFiles()
        try files.script("family", "sleep 600 & echo $$ $!; echo ready; while :; do sleep 0.05; echo on; done\n")
        for ending in ["stop", "hang up"] {
            let handler = RunningHandler(
                "command",
                files.arguments + [
                    "--commands", files.path + "/commands", "--command-timeout", ending == "stop" ? "400ms" : "60s",
                ], over: .socket, environment: ["PATH=/usr/bin:/bin"])
            handler.send("family\n")
            var text = ""
            while !text.contains("ready\n") {
                let piece = handler.receive()
                if piece.isEmpty { break }
                text += String(decoding: piece, as: UTF8.self)
            }
            let line = text.split(separator: "\n").first { $0.allSatisfy { $0.isNumber || $0 == " " } }
            let pids = try #require(line).split(separator: " ").compactMap { pid_t($0) }
            #expect(pids.count == 2)
            if ending == "stop" { handler.endInput() } else { handler.hangUp() }
            if ending == "stop" { _ = handler.receiveAll() }
            _ = handler.wait()
            // They were killed before the handler ended, but a grandchild takes the kernel a moment to remove.
            for pid in pids {
                let deadline = ContinuousClock.now + .seconds(10)
                while kill(pid, 0) == 0, !isZombie(pid), ContinuousClock.now < deadline { sched_yield() }
                #expect(kill(pid, 0) != 0 || isZombie(pid), "\(ending): \(pid)")
            }
        }
    }

    /// Whether a process has ended and is not reaped yet.
    private func isZombie(_ pid: pid_t) -> Bool {
        let file = unsafe open("/proc/\(pid)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return true }
        defer { close(file) }
        return String(decoding: readToEnd(file), as: UTF8.self).contains(") Z ")
    }

    @Test("the standard error of a command is the log")
    func standardError() throws {
        let files = try CommandFiles()
        try files.script("noisy", "echo said >&2; echo shown\n")
        let (answer, ending) = start(files, input: "noisy\n")
        #expect(answer == "shown\n")
        #expect(ending.log == "said\n")
    }
}
