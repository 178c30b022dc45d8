// The login of command: which users may log in, and what a failure shows.
import Glibc
import TestSupport
import Testing

@Suite("command, login", .serialized)
struct CommandLoginTests {
    private static let prompts = "Login: Password: "

    private func login(
        _ arguments: [String], _ user: String, _ password: String, environment: [String] = []
    ) -> (isIn: Bool, ending: HandlerResult) {
        let (output, ending) = session(
            "command", arguments, environment: environment, input: "\(user)\n\(password)\nquit\n")
        let isIn = output.hasPrefix(Self.prompts + "Welcome to ")
        #expect(isIn || output == Self.prompts + "Access Denied\n")
        #expect(ending.status == (isIn ? 0 : 77))
        return (isIn, ending)
    }

    @Test(
        "--require admits named users, all users with a password, or members of a group; one of several suffices",
        arguments: [
            (["user dougm"], "dougm", true), (["user dougm"], "anna", false), (["user anna dougm"], "dougm", true),
            (["valid-user"], "anna", true), (["group admin"], "dougm", true), (["group admin"], "anna", false),
            (["group staff admin"], "anna", true), (["user dougm", "group staff"], "anna", true),
            (["user dougm", "user anna"], "anna", true), (["group nobody"], "dougm", false),
            (["user  \tdougm "], "dougm", true), (["user doug", "group adm"], "dougm", false),
        ] as [([String], String, Bool)])
    func requirements(requirements: [String], user: String, expected: Bool) throws {
        let files = try CommandFiles()
        let arguments =
            files.login() + requirements.flatMap { ["--require", $0] } + ["--group-file", files.path + "/groups"]
        let (isIn, ending) = login(arguments, user, "foobar")
        #expect(isIn == expected)
        let log = expected ? "login accepted user=" : "login denied cause=not-permitted user="
        #expect(ending.log == log + "\(user) peer=unknown\n")
    }

    @Test(
        "a failure looks the same for every cause, and only the log has the cause",
        arguments: [
            ("dougm", "wrong", "cause=wrong-password user=dougm peer=192.0.2.7"),
            ("dougm", "", "cause=wrong-password user=dougm peer=192.0.2.7"),
            ("dougm", "foobar ", "cause=wrong-password user=dougm peer=192.0.2.7"),
            ("nobody", "foobar", "cause=unknown-user peer=192.0.2.7"), ("", "", "cause=unknown-user peer=192.0.2.7"),
            ("dougm:" + CommandFiles.foobar, "foobar", "cause=unknown-user peer=192.0.2.7"),
            ("anna", "foobar", "cause=not-permitted user=anna peer=192.0.2.7"),
            ("plain", "foobar", "cause=unknown-format user=plain file=DIRECTORY/passwords line=3 peer=192.0.2.7"),
            (String(repeating: "u", count: 256), "foobar", "cause=too-long peer=192.0.2.7"),
            ("dougm", String(repeating: "p", count: 256), "cause=too-long peer=192.0.2.7"),
            ("dougm", String(repeating: "p", count: 5000), "cause=too-long peer=192.0.2.7"),
        ])
    func denied(user: String, password: String, log: String) throws {
        let files = try CommandFiles()
        let (isIn, ending) = login(
            files.login("user dougm plain"), user, password,
            environment: ["TCPREMOTEIP=192.0.2.7", "PROTO=TCP"])
        #expect(!isIn)
        #expect(ending.log == "login denied \(log.replacing("DIRECTORY", with: files.path))\n")
    }

    @Test("a trusted peer is not asked for a password; the original asks 127.0.0.1")
    func trusted() throws {
        let files = try CommandFiles()
        let arguments = files.login("user dougm")
        let (output, ending) = session("command", arguments, environment: ["TRUSTED=1"], input: "quit\n")
        #expect(output == "Welcome to MyApache2::CommandServer\nAvailable commands: motd date who quit\n")
        #expect(ending.status == 0)
        for other in ["TRUSTED=", "TRUSTED=0", "TRUSTED=yes", "trusted=1", "XTRUSTED=1"] {
            #expect(session("command", arguments, environment: [other]).output == "Login: ", "\(other)")
        }
    }

    @Test("without --require no peer is asked for a password")
    func notRequired() {
        #expect(session("command", input: "quit\n").output.hasPrefix("Welcome to "))
    }

    @Test("a user can log in with every format of htpasswd", arguments: ["m", "B", "2", "5", "d", "s"])
    func formats(option: String) throws {
        let files = try CommandFiles()
        // Sound: the call does not keep the text.
        #expect(unsafe system("htpasswd -cb\(option) '\(files.path)/passwords' dougm 'p:ss w' 2>/dev/null") == 0)
        #expect(login(files.login("valid-user"), "dougm", "p:ss w").isIn)
        #expect(!login(files.login("valid-user"), "dougm", "p:ss").isIn)
    }

    @Test("bytes above 127 in a name and in a password are not changed")
    func anyBytes() throws {
        let files = try CommandFiles()
        try files.write("passwords", bytes: [0xff, 0x3a] + Array(CommandFiles.foobar.utf8))
        let handler = RunningHandler("command", files.login("valid-user"))
        handler.send([0xff, 0x0a] + Array("foobar\n".utf8))
        handler.endInput()
        #expect(handler.receiveAll().hasPrefix("Login: Password: Welcome"))
        #expect(handler.wait().log == "login accepted user=\\xff peer=unknown\n")
    }

    @Test(
        "a peer that goes away before its second line is neither logged in nor counted as a failure",
        arguments: ["", "dougm\n"])
    func abandoned(input: String) throws {
        let files = try CommandFiles()
        let (output, ending) = session("command", files.login("user dougm", delay: "30s"), input: input)
        #expect(output == (input.isEmpty ? "Login: " : "Login: Password: "))
        #expect(ending.status == 0)
        #expect(ending.log == "")
    }

    @Test("a login that takes longer than --login-timeout ends, however much the peer sends")
    func timeout() throws {
        let files = try CommandFiles()
        let handler = RunningHandler("command", files.login("user dougm") + ["--login-timeout", "1s"], over: .socket)
        handler.send("dou")
        #expect(handler.receiveAll() == "Login: ")
        let ending = handler.wait()
        #expect(ending.status == 111)
        #expect(ending.log == "deadline passed\n")
    }

    @Test("a password file that cannot be read allows no login, and does not count against the peer")
    func unreadable() throws {
        let files = try CommandFiles()
        for file in ["gone", "commands"] {
            let arguments = [
                "--require", "valid-user", "--auth-file", files.path + "/" + file, "--failure-delay", "0s",
            ]
            let (output, ending) = session("command", arguments, input: "dougm\nfoobar\n")
            #expect(output == Self.prompts + "Access Denied\n")
            #expect(ending.status == 111)
            #expect(ending.log.hasPrefix("cannot read path=\(files.path)/\(file) errno="))
        }
        let arguments = files.login("group admin") + ["--group-file", files.path + "/gone"]
        let (output, ending) = session("command", arguments, input: "dougm\nfoobar\n")
        #expect(output == Self.prompts + "Access Denied\n")
        #expect(ending.status == 111)
        #expect(ending.log == "cannot read path=\(files.path)/gone errno=2\n")
    }

    @Test("a line of the group file that is too long has a line in the log, and the others still count")
    func longGroup() throws {
        let files = try CommandFiles()
        try files.write("groups", "admin: " + String(repeating: "anna ", count: 1000) + "\nadmin: dougm\n")
        let arguments = files.login("group admin") + ["--group-file", files.path + "/groups"]
        #expect(login(arguments, "dougm", "foobar").isIn)
        let (isIn, ending) = login(arguments, "anna", "foobar")
        #expect(!isIn)
        #expect(ending.log.hasPrefix("group line too long file=\(files.path)/groups line=1\n"))
    }

    @Test("a failure is answered after the delay, which is the same for every cause")
    func delay() throws {
        let files = try CommandFiles()
        let clock = ContinuousClock()
        for (user, password) in [("dougm", "wrong"), ("nobody", "x"), ("anna", "foobar"), ("plain", "x")] {
            let time = clock.measure { _ = login(files.login("user dougm", delay: "400ms"), user, password) }
            #expect(time > .milliseconds(400) && time < .seconds(4), "\(user)")
        }
    }
}
