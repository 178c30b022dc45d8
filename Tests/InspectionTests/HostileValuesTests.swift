// Everything that comes from another process and is read may be used in every way that the program has: an answer that
// a gate sends is read, sent on, printed and decided by.
import Addresses
import Admission
import Control
import Gate
import HostDefinition
import Messages
import ServiceModel
import Tables
import TestSupport
import Testing
import Wire

@testable import Inspection

private let seeds: [UInt64] = Array(1...4)

struct HostileValuesTests {
    /// A status with every part.
    private var sourceStatus: SourceStatus {
        var status = SourceStatus()
        status.connections = 3
        status.rateWait = .milliseconds(1500)
        status.turnWait = .seconds(1)
        status.points = 7
        status.lists = .denied(rule: 0)
        status.matches = 1
        status.checks = .refused(check: 0)
        return status
    }

    private var replies: [ControlReply] {
        [.bans(bans), .sourceStatus(sourceStatus), .stopping(active: 3), .refused(.gateSilent(pid: 3))]
            + filters.map { .status(statusReport($0)) } + resolvers.map { .status(statusReport(.off, $0)) }
            + banChanges.map { .banChange($0) }
            + [
                .reloaded(
                    ReloadReport(
                        services: 3, faults: problems,
                        failures: [.init(service: "a", file: "services/a.toml", problem: failure)]))
            ]
    }

    /// Uses an answer as the command line does.
    private func use(_ reply: ControlReply) throws {
        _ = "\(reply)".count
        let outcome = reply.outcome
        _ = (outcome.lines, outcome.json.text)
        if case .sourceStatus(let status) = reply { try explain(status) }
    }

    /// Decides on a client by a gate's answer, and prints that.
    private func explain(_ status: SourceStatus) throws {
        var service = Service(
            name: "a", file: "a.toml", listen: [.ip(.v4(0), port: 25)],
            handler: HandlerCommand(path: "/bin/cat", arguments: ["cat"]), identity: Identity(user: .dynamic))
        service.limits.rate = .at(Rate(count: 30, period: 60_000_000_000, burst: 30)!)
        service.admission.dnsbl = [DNSBLRule(zone: "bl.example", effect: .deny)]
        let definition = ServiceDefinition(service: service, activation: .enabled, listeners: [])
        var live = LiveState(sourceStatus: status)
        live.services = statusReport().services
        let assessment = try Assessment(
            of: .ip(.v4(1), port: 1), definition, HostSettings(), live, blockList: BlockList.empty,
            MachineReading(minute: WeekMinute(number: 0), load: 0), at: 1_000_000_000_000_000)
        let explanation = Explanation(assessment)
        _ = (explanation.text, explanation.json.text)
    }

    @Test("whatever answer can be read can be printed, compared and sent on", arguments: seeds)
    func answers(seed: UInt64) throws {
        var mutations = Mutations(seed: seed)
        var readable = 0
        for reply in replies {
            let bytes = reply.wireBytes
            for _ in 0..<120 {
                guard let read = ControlReply(wireBytes: mutations.changed(bytes)) else { continue }
                readable += 1
                #expect(ControlReply(wireBytes: read.wireBytes) == read)
                try use(read)
            }
        }
        #expect(readable > 100, "or nothing was tested")
    }

    @Test("whatever message of a gate can be read can be printed, compared and sent on", arguments: seeds)
    func messages(seed: UInt64) throws {
        var mutations = Mutations(seed: seed)
        let bytes = GateMessage.sourceStatus(7, sourceStatus).bytes
        var readable = 0
        for _ in 0..<1000 {
            guard case .sourceStatus(let number, let status)? = GateMessage(mutations.changed(bytes)) else { continue }
            readable += 1
            let message = GateMessage.sourceStatus(number, status)
            #expect(GateMessage(message.bytes) == message)
            #expect(ControlReply(wireBytes: ControlReply.sourceStatus(status).wireBytes) == .sourceStatus(status))
            try explain(status)
        }
        #expect(readable > 100, "or nothing was tested")
    }
}
