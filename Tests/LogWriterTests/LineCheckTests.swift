import Foundation
import Messages
import Testing

@testable import LogWriter

private let time = "2026-12-01T03:18:05.216Z"

struct LineCheckTests {
    private func allows(_ line: String, of source: LogSource) -> Bool {
        LineCheck(source).allows(Array(line.utf8)[...])
    }

    private let gate = LogSource.gate(service: "echo", pid: 17)

    @Test(
        "a gate's own lines are as they were written",
        arguments: [
            "accept service=echo connection=17.1 peer=127.0.0.1:35544 decision=allow rule=none pid=99",
            "end service=echo connection=17.1 duration=0.004 status=0", "closed service=echo pid=17 active=0",
            "stderr service=echo text=\"a b \\x22 c\"", "log_lost service=echo lines=7", "pause service=echo",
        ])
    func own(fields: String) { #expect(allows("\(time) event=\(fields)", of: gate)) }

    @Test(
        "a line in the name of another service or process, of an event that no gate has, or of another form is not",
        arguments: [
            "", "event=accept service=echo", "\(time) event=accept service=mail", "\(time) event=accept",
            "\(time) event=accept service=echoes", "\(time) event=accept pid=1 service=echo",
            "\(time) event=accept service=echo service=mail", "\(time) event=accept service=echo event=stopped",
            "\(time) event=accept service=echo connection=18.1", "\(time) event=accept service=echo connection=171.1",
            "\(time) event=stopped service=echo", "\(time) event=ban service=echo prefix=192.0.2.1/32",
            "\(time) event=gate_ended service=echo", "\(time) event=accept service=echo text=\"open",
            "\(time) event=accept service=echo text=a\"b c\"", "\(time) event=accept service=echo text",
            "\(time) event=accept service=echo  x=1", "\(time) event=accept service=echo =1",
            "\(time) event=end service=echo text=\u{1b}[2J", "\(time) event=end service=echo text=\u{e9}",
            "yesterday event=accept service=echo", "2026-12-01T03:18:05.2160Z event=accept service=echo",
        ])
    func forged(line: String) { #expect(!allows(line, of: gate)) }

    @Test("the resolver speaks of lists, and of no service or connection")
    func resolver() {
        let resolver = LogSource.resolver(pid: 5)
        #expect(allows("\(time) event=dnsbl_no_answer list=bl.example reason=timeout", of: resolver))
        #expect(!allows("\(time) event=dnsbl_no_answer list=bl.example service=echo", of: resolver))
        #expect(!allows("\(time) event=dnsbl_no_answer list=bl.example connection=17.1", of: resolver))
        #expect(!allows("\(time) event=accept service=echo", of: resolver))
    }

    @Test("the supervisor says what it likes, in printable ASCII")
    func supervisor() {
        #expect(allows("\(time) event=stopped", of: .supervisor))
        #expect(allows("Fatal error", of: .supervisor))
        #expect(!allows("a\u{1b}b", of: .supervisor))
    }

    @Test(
        "the events of gates and of the resolver are those that their code has",
        arguments: [("Gate", LineCheck.gateEvents), ("Resolver", LineCheck.resolverEvents)])
    func events(room: String, events: Set<String>) throws {
        let root = FileManager.default.currentDirectoryPath + "/Sources/\(room)"
        let files = try #require(FileManager.default.enumerator(atPath: root))
        var found: Set<String> = ["log_lost"]
        while let file = files.nextObject() as? String {
            guard file.hasSuffix(".swift") else { continue }
            for part in try String(contentsOfFile: "\(root)/\(file)", encoding: .utf8)
                .components(separatedBy: "begin(\"").dropFirst()
            {
                found.insert(String(part.prefix { $0 != "\"" }))
            }
        }
        #expect(found == events)
    }
}
