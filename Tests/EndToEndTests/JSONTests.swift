// What every command prints with --json: an object with the shape that doorward-json(5) describes, of data.
import Foundation
import Glibc
import TestSupport
import Testing

extension EndToEndTests {
    @Suite("JSON")
    struct JSONTests {
        private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

        /// A line for each value of a document, in its order, as ``JSONShape`` takes them.
        private static let walk = """
            import json, sys
            class Object(list): pass
            def walk(path, value):
                if isinstance(value, Object):
                    print(path, "{" + ",".join(key for key, _ in value) + "}")
                    for key, inner in value: walk(path + "." + key if path else key, inner)
                elif isinstance(value, list):
                    print(path, "list")
                    for inner in value: walk(path + "[]", inner)
                else:
                    names = {bool: "boolean", int: "integer", float: "seconds", str: "string", type(None): "null"}
                    print(path, names[type(value)])
            walk("", json.load(sys.stdin, object_pairs_hook=Object))
            """

        /// Runs a command with --json and holds what it prints against its shape.
        ///
        /// - Returns: the document.
        private func document(
            _ arguments: [String], _ shape: JSONShape, status: Int32 = 0, in directory: String? = nil,
            location: SourceLocation = #_sourceLocation
        ) throws -> [String: Any] {
            let outcome = try run([Supervised.program] + arguments + ["--json"], directory: directory)
            #expect(outcome.status == status, "\(arguments) \(outcome)", sourceLocation: location)
            #expect(outcome.error == "", sourceLocation: location)
            #expect(outcome.output.hasPrefix("{\"version\":1,"), sourceLocation: location)
            let tool = try run(["/usr/bin/python3", "-m", "json.tool"], input: outcome.output)
            #expect(tool.status == 0, "\(tool.error)", sourceLocation: location)
            let walked = try run(["/usr/bin/python3", "-c", Self.walk], input: outcome.output)
            let lines = walked.output.split(separator: "\n").map(String.init)
            #expect(!lines.isEmpty && shape.differences(from: lines) == [], sourceLocation: location)
            let object = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
            return try #require(object as? [String: Any])
        }

        private func options(_ supervised: Supervised) -> [String] {
            ["--config", supervised.directory + "/doorward.toml"]
        }

        private func list(_ object: Any?) throws -> [[String: Any]] { try #require(object as? [[String: Any]]) }

        @Test("status tells its parts apart, and faults by their places")
        func status() throws {
            let supervised = try Supervised(
                services: ["a": echo, "b": echo + "dnsbl = [\"bl.example deny\"]\n"],
                host: "block_list = \"blocked\"\n",
                files: ["blocked": "192.0.2.7\n"])
            try supervised.write(echo + "\"a\\nb\" = \"\\u0001\\\"\"\n", to: "services/a.toml")
            _ = try run([Supervised.program, "reload"] + options(supervised))
            let status = try document(["status"] + options(supervised), .status)
            let filter = try #require(status["kernel_filter"] as? [String: Any])
            #expect(filter["state"] as? String == "off" && filter["has_bans"] as? Bool == false)
            let resolver = try #require(status["dnsbl"] as? [String: Any])
            #expect(resolver["state"] as? String == "running" && resolver["pid"] as? Int ?? 0 > 1)
            let list = try #require(status["block_list"] as? [String: Any])
            #expect(list["file"] as? String == supervised.directory + "/blocked" && list["entries"] as? Int == 1)
            let fault = try #require(try self.list(status["faults"]).first)
            #expect(fault["file"] as? String == supervised.directory + "/services/a.toml")
            #expect(fault["line"] as? Int == 3 && fault["column"] as? Int == 1)
            #expect((fault["message"] as? String)?.hasPrefix("unknown key 'a\\u{a}b'") == true)
            let services = try self.list(status["services"])
            #expect(services.map { $0["name"] as? String } == ["a", "b"])
            #expect(services[0]["problem"] as? String == fault["message"] as? String)
            #expect(services[0]["line"] as? Int == 3 && services[0]["column"] as? Int == 1)
            #expect(services[0]["old_in_force"] as? Bool == true && services[0]["state"] as? String == "serving")
            #expect(try self.list(services[0]["faults"]).map { $0["line"] as? Int } == [3])
            #expect(try services[1]["problem"] as? String == "" && self.list(services[1]["faults"]).isEmpty)
            let words = try #require(status["unprotected"] as? [String]) + (status["skipped"] as? [String] ?? [""])
            #expect(words.allSatisfy { !$0.isEmpty && !$0.contains(" ") }, "\(words)")
        }

        @Test("a reload's fault stands at the service that it belongs to, until a reload finds none")
        func faultsOfService() throws {
            let supervised = try Supervised(services: ["a": echo, "b": echo])
            let taken = echo.replacingOccurrences(of: ":0", with: ":\(try supervised.port("a"))")
            try supervised.write(taken, to: "services/a.toml")
            try supervised.write("lisen = 1\n" + taken + "nise = 1\n", to: "services/b.toml")
            func services(_ texts: [String: String]) throws -> [[String: Any]] {
                for (name, text) in texts { try supervised.write(text, to: "services/\(name).toml") }
                _ = try run([Supervised.program, "reload"] + options(supervised))
                return try list(document(["status"] + options(supervised), .status)["services"])
            }
            let faulty = try services([:])[1]
            #expect(try list(faulty["faults"]).map { $0["line"] as? Int } == [1, 4])
            #expect(faulty["old_in_force"] as? Bool == true && faulty["line"] as? Int == 1)
            // The kernel does not see this conflict: the two definitions do.
            let conflicting = try services(["b": taken])[1]
            #expect(conflicting["key"] as? String == "listen" && conflicting["old_in_force"] as? Bool == true)
            #expect(try list(conflicting["faults"]).count == 1)
            let sound = try services(["b": echo])[1]
            #expect(try sound["problem"] as? String == "" && list(sound["faults"]).isEmpty)
            #expect(sound["line"] is NSNull && sound["old_in_force"] as? Bool == false)
        }

        @Test("what the kernel's filter dropped is a number, and why there is no filter the name of an error")
        func kernelFilter() throws {
            let supervised = try Supervised(services: ["a": echo], host: "kernel_filter = true\n")
            let isOn = try supervised.log.wait(for: "kernel_filter")["on"] == "yes"
            let status = try document(["status"] + options(supervised), .status)
            let filter = try #require(status["kernel_filter"] as? [String: Any])
            #expect(filter["state"] as? String == (isOn ? "on" : "unavailable"))
            #expect(filter["has_bans"] as? Bool == isOn && filter["has_block_list"] as? Bool == isOn)
            #expect(filter["dropped_by_bans"] as? Int == (isOn ? 0 : nil))
            #expect((filter["reason"] as? String)?.hasPrefix("E") ?? isOn)
        }

        @Test("check gives services, relaxations and faults as data, also when nothing can be read")
        func check() throws {
            let supervised = try Supervised(services: ["a": echo])
            try supervised.write(echo + "network = [\"unix\"]\n", to: "services/b.toml")
            try supervised.write(echo + "limts = 1\n", to: "services/c.toml")
            let check = try document(["check"] + options(supervised), .check, status: 1)
            #expect(try list(check["services"]).map { $0["name"] as? String } == ["a", "b"])
            let relaxation = try #require(try list(check["relaxations"]).first)
            #expect(relaxation["service"] as? String == "b" && relaxation["key"] as? String == "network")
            #expect(relaxation["value"] as? [String] == ["unix"] && relaxation["line"] as? Int == 3)
            #expect(try list(check["faults"]).first?["line"] as? Int == 3)
            try supervised.remove("services/c.toml")
            #expect(try list(document(["check"] + options(supervised), .check)["faults"]).isEmpty)
            let none = try document(["check", "--services", "/nowhere"], .check, status: 1)
            let fault = try #require(try list(none["faults"]).first)
            #expect(fault["file"] as? String == "/nowhere" && fault["key"] as? String == "services")
            #expect(fault["line"] is NSNull && fault["column"] is NSNull)
        }

        @Test("reload says whether everything is in force, and what is not, with its place")
        func reload() throws {
            let supervised = try Supervised(services: ["a": echo])
            let sound = try document(["reload"] + options(supervised), .reload)
            #expect(sound["in_force"] as? Bool == true && sound["services"] as? Int == 1)
            let holder = try Supervised(services: ["a": echo])
            let taken = echo.replacingOccurrences(of: ":0", with: ":\(try holder.port("a"))")
            try supervised.write(taken, to: "services/taken.toml")
            try supervised.write(echo + "limts = 1\n", to: "services/a.toml")
            let faulty = try document(["reload"] + options(supervised), .reload, status: 1)
            #expect(faulty["in_force"] as? Bool == false)
            #expect(try list(faulty["faults"]).first?["file"] as? String == supervised.directory + "/services/a.toml")
            let problem = try #require(try list(faulty["problems"]).first)
            #expect(problem["service"] as? String == "taken" && problem["errno"] as? String == "EADDRINUSE")
            #expect(problem["line"] as? Int == 1 && problem["key"] as? String == "listen")
            let services = try list(document(["status"] + options(supervised), .status)["services"])
            let service = try #require(services.first { $0["name"] as? String == "taken" })
            #expect(service["state"] as? String == "failing" && service["errno"] as? String == "EADDRINUSE")
            #expect(service["retry_in"] is Double)
            try supervised.write("servces = 1\n", to: "doorward.toml")
            let state = ["--state", supervised.directory + "/state"]
            let broken = try document(["reload"] + state, .reload, status: 1)
            #expect(try list(broken["faults"]).first?["column"] as? Int == 1)
        }

        @Test(
            "a definition that cannot be served is a problem of the reload, and the old one is said to serve",
            .enabled(if: isRoot))
        func unservable() throws {
            let supervised = try Supervised(services: ["a": echo], files: ["mine": "#!/bin/sh\n"])
            chmod(supervised.directory + "/mine", 0o700)
            let mine = echo.replacingOccurrences(of: "\"echo\"", with: "\"DIRECTORY/mine\"")
            try supervised.write(mine, to: "services/a.toml")
            let reload = try document(["reload"] + options(supervised), .reload, status: 1)
            let problem = try #require(try list(reload["problems"]).first)
            #expect(problem["old_in_force"] as? Bool == true && problem["service"] as? String == "a")
            #expect((problem["message"] as? String)?.contains("old definition") == false)
            #expect(problem["key"] as? String == "handler" && problem["line"] as? Int == 2)
            #expect(problem["column"] as? Int == 1)
            #expect(problem["key_file"] as? String == supervised.directory + "/services/a.toml")
            let service = try #require(
                try list(document(["status"] + options(supervised), .status)["services"]).first)
            #expect(
                service["old_in_force"] as? Bool == true
                    && service["problem"] as? String == problem["message"] as? String)
        }

        @Test(
            "a setting that keeps a gate from serving has its place, in the service's file or in that of the defaults",
            .enabled(if: isRoot),
            arguments: [
                ("directory = \"DIRECTORY/mine\"\n", "", "directory", "services/b.toml:3"),
                ("", "[defaults.limits]\nfiles = 2000\n", "limits.files", "doorward.toml:6"),
            ])
        func unservableSetting(lines: String, defaults: String, key: String, place: String) throws {
            let supervised = try Supervised(
                services: [:], host: defaults, prefix: ["prlimit", "--nofile=1000:1000"])
            mkdir(supervised.directory + "/mine", 0o700)
            try supervised.write(echo + lines, to: "services/b.toml")
            let reload = try document(["reload"] + options(supervised), .reload, status: 1)
            let problem = try #require(try list(reload["problems"]).first)
            #expect(problem["key"] as? String == key, "\(problem)")
            let (file, line) = (problem["key_file"] as? String ?? "", problem["line"] as? Int ?? 0)
            #expect("\(file):\(line)" == "\(supervised.directory)/\(place)")
            #expect(problem["column"] as? Int == 1)
        }

        @Test("block, unblock and blocked give prefixes, causes and seconds")
        func bans() throws {
            let supervised = try Supervised(services: ["a": echo], host: "exempt = [\"127.0.0.8\"]\n")
            let options = options(supervised)
            let ban = try document(
                ["block", "127.0.0.0/30", "--for", "1h", "--reason", "a test"] + options, .block)
            #expect(ban["outcome"] as? String == "banned" && ban["prefix"] as? String == "127.0.0.0/30")
            #expect(ban["seconds"] as? Double ?? 0 > 3590 && ban["reason"] as? String == "a test")
            #expect(ban["for"] as? String == "command:a%20test" && ban["cause"] as? String == "command")
            #expect(try document(["block", "::1"] + options, .block)["seconds"] is NSNull)
            let exempt = try document(["block", "127.0.0.8"] + options, .block, status: 1)
            #expect(exempt["outcome"] as? String == "exempt" && exempt["exempt"] as? String == "127.0.0.8")
            let bans = try list(document(["blocked"] + options, .blocked)["bans"])
            #expect(bans.map { $0["prefix"] as? String } == ["127.0.0.0/30", "::1"])
            #expect(bans[0]["ends_in"] is Double && bans[1]["ends_in"] is NSNull)
            let other = try document(["unblock", "127.0.0.2"] + options, .block, status: 1)
            #expect(other["outcome"] as? String == "not_banned" && other["wider"] as? [String] == ["127.0.0.0/30"])
            #expect(try document(["unblock", "127.0.0.0/30"] + options, .block)["outcome"] as? String == "unbanned")
        }

        @Test("drain and stop say how many connections go on", arguments: ["drain", "stop"])
        func stopping(command: String) throws {
            let supervised = try Supervised(services: ["a": echo])
            let stopping = try document([command] + options(supervised), .stopping)
            #expect(stopping["active"] as? Int == 0)
            #expect(supervised.waitForEnd() == 0)
        }

        @Test("while the supervisor is about to end, a reload is an error with its cause")
        func reloadWhileStopping() throws {
            let supervised = try Supervised(services: ["a": echo])
            let client = try Client(port: supervised.port("a"))
            client.send("a\n")
            #expect(client.read() == "a\n")
            supervised.signal(SIGTERM)
            _ = try supervised.log.wait(for: "drain")
            let failed = try document(["reload"] + options(supervised), .error, status: 1)
            #expect((failed["error"] as? [String: Any])?["cause"] as? String == "stopping")
            let text = try run([Supervised.program, "reload"] + options(supervised))
            #expect(text.status == 1 && text.error == "the supervisor is about to end\n" && text.output.isEmpty)
            client.close()
            #expect(supervised.waitForEnd() == 0)
        }

        @Test("where no supervisor answers, every command that asks one says so as data")
        func noSupervisor() throws {
            let commands = [
                ["status"], ["reload"], ["drain"], ["stop"], ["blocked"], ["block", "::1"], ["unblock", "::1"],
            ]
            for command in commands {
                let failed = try document(command + ["--state", "/nowhere"], .error, status: 1)
                let error = try #require(failed["error"] as? [String: Any])
                #expect(error["cause"] as? String == "no_answer" && error["errno"] as? String == "ENOENT")
                #expect(error["file"] as? String == "/nowhere/control")
            }
        }

        @Test("files that keep a command from its work are faults of its error")
        func files() throws {
            let directory = try TemporaryDirectory()
            let file = try directory.write("doorward.toml", "state = 3\n")
            for command in [["status"], ["explain", "a", "::1"]] {
                let failed = try document(command + ["--config", file], .error, status: 1)
                let error = try #require(failed["error"] as? [String: Any])
                #expect(error["cause"] as? String == "files")
                let fault = try #require(try list(error["faults"]).first)
                #expect(fault["file"] as? String == file && fault["line"] as? Int == 1 && fault["column"] as? Int == 9)
            }
        }

        @Test("what is no fault of a file has a cause of its own in explain")
        func noFaultOfFiles() throws {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("services")
            try directory.write("services/a.toml", echo)
            let handlers = Supervised.build + "/libexec/doorward"
            let services = ["--services", directory.path + "/services", "--handlers", handlers]
            func failed(_ arguments: [String]) throws -> [String: Any] {
                let failed = try document(["explain"] + arguments, .error, status: 1)
                return try #require(failed["error"] as? [String: Any])
            }
            for (client, cause) in [
                (["b", "::1"], "unknown_service"), (["a", "::g"], "malformed_address"),
                (["a", "unix"], "not_listening"),
            ] {
                let error = try failed(client + services)
                #expect(error["cause"] as? String == cause && error["message"] is String)
                #expect(try list(error["faults"]).isEmpty)
            }
            let error = try failed(["a", "::1", "--services", "/nowhere"])
            #expect(error["cause"] as? String == "unreadable" && error["errno"] as? String == "ENOENT")
            #expect(error["file"] as? String == "/nowhere")
            #expect(try list(error["faults"]).first?["errno"] as? String == "ENOENT")
        }

        @Test("import has its shape, and each problem its cause")
        func imported() throws {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("services")
            try directory.makeDirectory("d")
            try directory.write("d/a.dpkg-old", "")
            try directory.write("what", "hello\n")
            try directory.write("rules", "10.:deny\n")
            try directory.write(
                "inetd.conf", "daytime stream tcp4 nowait root internal\ntftp dgram udp wait nobody /bin/x x\n")
            try directory.write("services/daytime.toml", "mine")
            try directory.write("ports", "daytime 13/tcp\ntime 37/tcp\n")
            try directory.write("more.conf", "time stream tcp4 nowait root internal\n")
            let importing = ["import", "--services-file", "ports"]
            let all = try document(
                importing + ["--into", "services", "inetd.conf", "more.conf", "rules", "what", "none", "d"], .imported,
                status: 1, in: directory.path)
            let problems = try list(all["problems"])
            let causes = problems.map { "\($0["cause"] ?? "") \($0["file"] ?? "") \($0["errno"] ?? "")" }
            #expect(
                causes == [
                    "unknown_format what <null>", "unreadable none ENOENT", "no_service rules <null>",
                    "exists services/daytime.toml <null>",
                ])
            #expect(all["skipped"] as? [String] == ["d/a.dpkg-old"])
            #expect(all["written"] as? [String] == ["services/time.toml"])
            #expect(
                try list(all["remarks"]).contains { $0["line"] as? Int == 2 && $0["file"] as? String == "inetd.conf" })
            let sound = try document(importing + ["more.conf"], .imported, in: directory.path)
            #expect(try sound["access"] is NSNull && list(sound["services"]).count == 1)
        }

        @Test("explain prints JSON, whether the client is admitted or not")
        func explain() throws {
            let supervised = try Supervised(services: ["a": echo + "access = [\"deny 192.0.2.7\", \"allow all\"]\n"])
            for (address, status) in [("127.0.0.1", Int32(0)), ("192.0.2.7", 1)] {
                let outcome = try run([Supervised.program, "explain", "a", address, "--json"] + options(supervised))
                #expect(outcome.status == status)
                #expect(try run(["/usr/bin/python3", "-m", "json.tool"], input: outcome.output).status == 0)
                #expect(outcome.output.hasPrefix("{\"version\":1,"))
            }
        }
    }
}
