// probe reports the process that the test gave it.
import Glibc
import Testing

@Suite("probe")
struct ProbeTests {
    private func value(_ key: String, in output: String) -> [String] {
        output.split(separator: "\n").filter { $0.hasPrefix(key + "=") }.map { String($0.dropFirst(key.count + 1)) }
    }

    @Test(
        "the descriptors are those of the test, and no other is open",
        arguments: [(Transport.pipes, "fifo,blocking"), (.socket, "socket,blocking"), (.tcp, "socket,blocking")])
    func descriptors(transport: Transport, kind: String) {
        let output = session("probe", over: transport).output
        #expect(value("descriptors", in: output) == ["0,1,2"])
        #expect(value("fd0", in: output) == [kind])
        #expect(value("fd1", in: output) == [kind])
        #expect(value("fd2", in: output) == ["fifo,blocking"])
    }

    @Test("the whole environment is reported, in order and escaped")
    func environment() {
        let long = String(repeating: "x", count: 5000)
        let output = session("probe", environment: ["B=1 2", "A=\n\u{e9}\\", "LONG=" + long, "EMPTY="]).output
        #expect(value("environment", in: output) == [#"B=1\x202"#, #"A=\x0a\xc3\xa9\x5c"#, "LONG=" + long, "EMPTY="])
    }

    @Test("identity, signals and limits are the process's own")
    func identity() {
        let output = session("probe").output
        #expect(value("euid", in: output) == ["\(geteuid())"])
        #expect(value("gid", in: output) == ["\(getgid())"])
        #expect(value("ppid", in: output) == ["\(getpid())"])
        #expect(value("SigBlk", in: output) == ["0000000000000000"])
        #expect(value("no_new_privs", in: output).count == 1)
        #expect(value("rlimit_nofile", in: output).first?.split(separator: ",").count == 2)
        for key in ["CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "SigIgn", "SigCgt"] {
            #expect(value(key, in: output).first?.count == 16, "\(key)")
        }
    }

    @Test("SIGPIPE is reported as it was at the start, not as HandlerKit sets it")
    func pipeSignal() throws {
        let ignored = try #require(value("SigIgn", in: session("probe").output).first)
        let signals = try #require(UInt64(ignored, radix: 16))
        #expect(signals & 1 << UInt64(SIGPIPE - 1) == 0)
    }

    @Test("the keys come in the same order every time")
    func order() {
        let runs = (0..<2).map { _ in
            session("probe", environment: ["A=1"]).output.split(separator: "\n").map { $0.prefix { $0 != "=" } }
        }
        #expect(runs[0] == runs[1])
        #expect(runs[0].first == "uid")
        #expect(runs[0].last == "environment")
    }
}
