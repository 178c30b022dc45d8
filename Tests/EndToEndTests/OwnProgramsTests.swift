// Gates and the resolver as programs of their own: what such a process has of the supervisor and of other services.
import Foundation
import Glibc
import Testing

private let echo = "listen = [\"127.0.0.1:0\"]\nhandler = [\"echo\"]\n"

/// What proc(5) says about a process, and its memory.
private struct ProcessView {
    let pid: Int32

    func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: "/proc/\(pid)/\(name)")) }

    func texts(_ name: String) throws -> [String] {
        try bytes(name).split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
    }

    func target(_ name: String) throws -> String {
        try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/\(name)")
    }

    /// The mappings that the process can write, or all.
    func mappings(writable: Bool) throws -> [Range<UInt64>] {
        String(decoding: try bytes("maps"), as: UTF8.self).split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ", maxSplits: 2)
            let ends = words[0].split(separator: "-").compactMap { UInt64($0, radix: 16) }
            guard ends.count == 2, !writable || words[1].hasPrefix("rw"), !line.hasSuffix("[vsyscall]") else {
                return nil
            }
            return ends[0]..<ends[1]
        }
    }

    func memory(_ range: Range<UInt64>) throws -> Data {
        let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: "/proc/\(pid)/mem"))
        defer { try? file.close() }
        try file.seek(toOffset: range.lowerBound)
        return try file.read(upToCount: range.count) ?? Data()
    }

    /// Whether the bytes are anywhere in what it can write.
    func contains(_ text: String) throws -> Bool {
        try mappings(writable: true).contains { try memory($0).range(of: Data(text.utf8)) != nil }
    }

    /// The 16 random bytes that the kernel gave to the program, from which glibc makes the stack canary and the guard
    /// of pointers. Source: getauxval(3), AT_RANDOM.
    func randomBytes() throws -> Data {
        let words = try bytes("auxv").withUnsafeBytes { Array($0.bindMemory(to: UInt64.self)) }
        let pairs = stride(from: 0, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }
        let address = try #require(pairs.first { $0.0 == UInt64(AT_RANDOM) }).1
        return try memory(address..<address + 16)
    }
}

extension EndToEndTests {
    @Suite("Own programs")
    struct OwnProgramsTests {
        private static let secrets = ["first": "the-secret-of-the-first", "second": "the-secret-of-the-second"]

        private func started() throws -> Supervised {
            try Supervised(
                services: Self.secrets.mapValues { secret in
                    """
                    listen = ["127.0.0.1:0"]
                    handler = ["echo"]
                    dnsbl = ["list.example deny"]
                    environment = { KEY = "\(secret)" }
                    """
                }, host: "nameservers = [\"127.0.0.1:9\"]\n")
        }

        private func views(_ doorward: Supervised) throws -> [String: ProcessView] {
            _ = try doorward.log.wait(for: "resolver_ready")
            let resolver = try #require(
                doorward.log.all.last { $0.event == "resolver_ready" }?["pid"].flatMap { Int32($0) })
            return [
                "first": ProcessView(pid: try doorward.gate("first")),
                "second": ProcessView(pid: try doorward.gate("second")), "resolver": ProcessView(pid: resolver),
                "supervisor": ProcessView(pid: doorward.pid),
            ]
        }

        @Test(
            "a gate's memory has its own service's secret, and no other's; the resolver's has none",
            .enabled(if: isRoot))
        func secrets() throws {
            let doorward = try started()
            for (name, view) in try views(doorward) {
                for (owner, secret) in Self.secrets {
                    let isThere = try view.contains(secret)
                    #expect(isThere == (name == owner || name == "supervisor"), "\(owner)'s secret in \(name)")
                }
            }
        }

        @Test(
            "each process has an address layout and random bytes of its own, after a restart too", .enabled(if: isRoot))
        func layouts() throws {
            let doorward = try started()
            var layouts: Set<UInt64> = []
            var random: Set<Data> = []
            func note(_ view: ProcessView) throws {
                layouts.insert(try #require(try view.mappings(writable: false).first).lowerBound)
                random.insert(try view.randomBytes())
            }
            for view in try views(doorward).values { try note(view) }
            let before = try doorward.gate("first")
            kill(before, SIGKILL)
            _ = try doorward.log.wait(for: "ready") { $0["service"] == "first" && $0["pid"] != "\(before)" }
            try note(ProcessView(pid: try doorward.gate("first")))
            #expect(layouts.count == 5 && random.count == 5)
        }

        @Test("a process of ours has nothing of the supervisor's environment, and a name that says what it is")
        func names() throws {
            let doorward = try started()
            let views = try views(doorward)
            let names = ["first": "gate first", "second": "gate second", "resolver": "resolver"]
            for (name, title) in names {
                let view = try #require(views[name])
                #expect(try view.texts("cmdline") == ["doorward: \(title)"])
                #expect(try view.texts("comm") == ["\(title)\n"])
                if isRoot { #expect(try view.texts("environ") == ["SWIFT_BACKTRACE=enable=no"]) }
            }
            #expect(try views["supervisor"]?.texts("cmdline").first == "doorward: supervisor")
        }

        @Test("TZ reaches gates, because opening hours are read by it", .enabled(if: isRoot))
        func timeZone() throws {
            let doorward = try Supervised(services: ["echo": echo], prefix: ["TZ=Asia/Tokyo"])
            let view = ProcessView(pid: try doorward.gate("echo"))
            #expect(try view.texts("environ") == ["SWIFT_BACKTRACE=enable=no", "TZ=Asia/Tokyo"])
        }

        @Test(
            "when other programs are installed, the supervisor goes on with those of its own build",
            .enabled(if: isRoot))
        func replaced() throws {
            let bin = NSTemporaryDirectory() + "doorward-bin-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: bin) }
            let names = ["doorward", "doorward-supervisor", "doorward-gate", "doorward-resolver", "doorward-log"]
            for name in names { try Supervised.copy("\(Supervised.build)/bin/\(name)", to: "\(bin)/\(name)") }
            let doorward = try Supervised(services: ["echo": echo], bin: bin)
            for name in names {
                try Supervised.copy("/bin/false", to: "\(bin)/new")
                rename("\(bin)/new", "\(bin)/\(name)")
            }
            try doorward.write(echo + "\nnice = 1\n", to: "services/echo.toml")
            let before = try doorward.gate("echo")
            try doorward.reload()
            _ = try doorward.log.wait(for: "ready", count: 2)
            let gate = try doorward.gate("echo")
            #expect(gate != before)
            #expect(try ProcessView(pid: gate).target("exe").hasSuffix("/doorward-gate (deleted)"))
            #expect(try exchange(port: doorward.port("echo"), "Hello\n") == "Hello\n")
        }

        @Test("a gate's program that is started by hand says who starts it, and does nothing")
        func byHand() throws {
            for name in ["doorward-gate", "doorward-resolver", "doorward-log"] {
                let outcome = try run(["\(Supervised.build)/bin/\(name)"])
                #expect(outcome.status == 100)
                #expect(outcome.error.hasPrefix("\(name): this program is started by the supervisor"))
            }
        }

        @Test("a supervisor without the program of its gates does not start, and says which file is missing")
        func missing() throws {
            let bin = NSTemporaryDirectory() + "doorward-bin-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: bin, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: bin) }
            for name in ["doorward", "doorward-supervisor"] {
                try Supervised.copy("\(Supervised.build)/bin/\(name)", to: "\(bin)/\(name)")
            }
            let outcome = try run(["\(bin)/doorward", "run", "--config", "/dev/null"])
            #expect(outcome.status == 1)
            #expect(outcome.error.hasPrefix("doorward: cannot start: open \(bin)/doorward-gate: ENOENT"))
        }
    }
}
