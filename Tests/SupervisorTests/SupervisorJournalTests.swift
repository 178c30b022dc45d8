import Addresses
import Control
import EventLog
import LinuxSystem
import ProcessSetup
import ServiceModel
import TestSupport
import Testing

@testable import Supervisor

/// The lines that a journal writes, without their times.
private func lines(_ act: (inout SupervisorJournal) -> Void) throws -> [String] {
    let pipe = try HandlerPipe()
    var journal = SupervisorJournal(log: EventLog(destination: pipe.writerNumber))
    act(&journal)
    var bytes = [UInt8](repeating: 0, count: 65536)
    let count = try pipe.read(into: &bytes)
    return text(Array(bytes[..<count])).split(separator: "\n").map { line in
        line.split(separator: " ", maxSplits: 1).last.map(String.init) ?? ""
    }
}

struct SupervisorJournalTests {
    @Test("each act is one line")
    func acts() throws {
        let found = try lines { journal in
            journal.event("stopped")
            journal.removed("a")
            journal.applied("reload", services: 2, faults: 1)
            journal.orphans(count: 3, .terminate)
            journal.drain(gates: 2, graceNanoseconds: 1_500_000_000)
            journal.drain(gates: 2, graceNanoseconds: nil)
            journal.suppressedBans(9)
            journal.kernel(problem: nil)
            journal.kernel(problem: "EPERM")
            journal.workerFailure(.resolver, WorkerFailure(.ended), retryIn: .milliseconds(100))
        }
        #expect(
            found == [
                "event=stopped", "event=removed service=a", "event=reload services=2 faults=1",
                "event=orphans count=3 signal=TERM", "event=drain gates=2 grace=1.500", "event=drain gates=2",
                "event=ban_suppressed count=9", "event=kernel_filter on=yes",
                "event=kernel_filter on=no message=EPERM",
                "event=resolver_failed message=\"it ended without a report\" retry=0.100",
            ])
    }

    @Test("the end of a child has its status, or the signal that ended it")
    func ends() throws {
        let found = try lines { journal in
            journal.gateEnd("gate_ended", ProcessEnd(pid: 7, way: .exited(status: 3)), service: "a")
            journal.gateEnd(
                "resolver_died", ProcessEnd(pid: 8, way: .killed(by: .kill, dumpedCore: false)), service: nil)
        }
        #expect(
            found == ["event=gate_ended service=a pid=7 status=3", "event=resolver_died pid=8 signal=KILL"])
    }

    @Test("an unknown message names its sender, and the service of a gate")
    func unknown() throws {
        let found = try lines { journal in
            journal.unknownMessage([0x58], of: "gate", pid: 7, service: "a")
            journal.unknownMessage([0x58], of: "resolver", pid: 8, service: nil)
        }
        #expect(
            found == [
                "event=unknown_message service=a from=gate pid=7 byte=88",
                "event=unknown_message from=resolver pid=8 byte=88",
            ])
    }

    @Test("what others have written stays one field of one line")
    func escaped() throws {
        let found = try lines { $0.problem("fault", "a\nevent=forged \"x\"") }
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("event=fault message=\"a") == true)
    }
}
