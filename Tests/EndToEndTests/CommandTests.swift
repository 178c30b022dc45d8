// The handler `command` as a service in the default sandbox: trusted clients skip the login, other clients log in.
// Source: https://perl.apache.org/docs/2.0/user/handlers/protocols.html, Command Server.
import Foundation
import Testing

extension EndToEndTests {
    @Suite("Command")
    struct CommandTests {
        private static let greeting = "Welcome to command\nAvailable commands: motd date who quit\n"

        /// A file of the repository, with other addresses and other paths.
        private func adapted(_ path: String, _ changes: [String: String]) throws -> String {
            let here = FileManager.default.currentDirectoryPath
            var text = try String(contentsOfFile: "\(here)/\(path)", encoding: .utf8)
            let lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
                line.hasPrefix("listen = ") ? "listen = [\"127.0.0.1:0\"]" : String(line)
            }
            text = lines.joined(separator: "\n")
            for (from, to) in changes {
                #expect(text.contains(from), "\(from)")
                text = text.replacingOccurrences(of: from, with: to)
            }
            return text
        }

        private static let login = """
            listen = ["127.0.0.1:0"]
            handler = ["command", "--motd", "DIRECTORY/open/motd", "--require", "user dougm", "--auth-file",
                       "DIRECTORY/open/passwords", "--failure-delay", "100ms"]
            access = ["deny 127.0.0.9", "allow 127.0.0.1 TRUSTED=1", "allow 127.0.0.0/8"]
            [files]
            read = ["DIRECTORY/open"]
            """

        private static let files = [
            "open/motd": "Have a lot of fun...\n", "open/passwords": "dougm:{SHA}iEPX+SQWIR3p67lj/0zigSWTKHg=\n",
        ]

        @Test("a trusted address skips the login, another one gets the prompt, and a denied one gets nothing")
        func trustedAndOthers() throws {
            let doorward = try Supervised(services: ["command": Self.login], files: Self.files)
            let port = try doorward.port("command")
            #expect(try exchange(port: port, "motd\nquit\n") == Self.greeting + "Have a lot of fun...\n")

            let other = try Client(port: port, source: "127.0.0.2")
            #expect(other.read() == "Login: ")
            other.send("dougm\nfoobar\nmotd\nquit\n")
            #expect(other.readToEnd() == "Password: " + Self.greeting + "Have a lot of fun...\n")
            let accepted = try doorward.log.wait(for: "stderr") { $0["text"]?.hasPrefix("login accepted") == true }
            #expect(accepted["text"] == "login accepted user=dougm peer=127.0.0.2")

            // Access rules come first: a client that they refuse gets no prompt.
            #expect(try Client(port: port, source: "127.0.0.9").readToEnd() == "")
            #expect(try doorward.log.wait(for: "refuse")["cause"] == "access_rule")
        }

        @Test("a failed login ends with a status of its own in the log, beside peer and cause")
        func deniedStatus() throws {
            let doorward = try Supervised(services: ["command": Self.login], files: Self.files)
            let client = try Client(port: doorward.port("command"), source: "127.0.0.2")
            client.send("dougm\nwrong\n")
            #expect(client.readToEnd() == "Login: Password: Access Denied\n")
            client.close()
            let said = try doorward.log.wait(for: "stderr")
            #expect(said["text"] == "login denied cause=wrong-password user=dougm peer=127.0.0.2")
            let end = try doorward.log.wait(for: "end")
            #expect(end["status"] == "77")
            #expect(end["peer"]?.hasPrefix("127.0.0.2:") == true)
        }

        @Test("services/command.toml serves motd and date in the default sandbox, and says that utmp is unreadable")
        func shipped() throws {
            let doorward = try Supervised(
                services: [
                    "command": try adapted(
                        "services/command.toml", ["read = [\"/etc/motd\"]": "read = [\"/etc/motd\"]"])
                ])
            let motd = try String(contentsOfFile: "/etc/motd", encoding: .utf8)
            let answer = try exchange(port: doorward.port("command"), "motd\ndate\nwho\nquit\n")
            #expect(answer.hasPrefix(Self.greeting + motd))
            let rest = answer.dropFirst((Self.greeting + motd).count).split(separator: "\n")
            #expect(rest.count == 2)
            #expect(rest.first?.contains(" UTC 20") == true)
            #expect(rest.last == "The list of users cannot be read here")
            let end = try doorward.log.wait(for: "end")
            #expect(end["status"] == "0")
        }

        @Test("etc/examples/command.toml runs a command from its directory in the default sandbox")
        func example() throws {
            let here = FileManager.default.currentDirectoryPath
            let script = try String(contentsOfFile: "\(here)/etc/examples/command-load.sh", encoding: .utf8)
            let doorward = try Supervised(
                services: [
                    "command": try adapted(
                        "etc/examples/command.toml",
                        ["/etc/doorward/command": "DIRECTORY/command", "allow 10.0.0.0/8": "allow 127.0.0.2"])
                ],
                files: [
                    "command/passwords": "dougm:{SHA}iEPX+SQWIR3p67lj/0zigSWTKHg=\n",
                    "command/groups": "admin: dougm\n",
                    "command/commands/load": script,
                ])
            let port = try doorward.port("command")
            let names = "motd date who quit load"
            let load = /\S+: [0-9.]+ [0-9.]+ [0-9.]+\n/
            let trusted = try exchange(port: port, "load\nquit\n")
            #expect(trusted.hasPrefix("Welcome to command\nAvailable commands: \(names)\nsomebody: "), "\(trusted)")
            #expect(trusted.contains(load))
            let client = try Client(port: port, source: "127.0.0.2")
            client.send("dougm\nfoobar\nload\nquit\n")
            let answer = client.readToEnd()
            #expect(
                answer.hasPrefix("Login: Password: Welcome to command\nAvailable commands: \(names)\ndougm: "),
                "\(answer)")
            #expect(answer.contains(load))
            #expect(!doorward.log.all.contains { $0["text"]?.hasPrefix("command failed") == true })
        }
    }
}
