import Addresses
import Control
import Messages
import ServiceModel
import Testing
import Wire

/// A report in which no field has its default.
private func fullReport() -> StatusReport {
    var service = ServiceStatus()
    service.name = "echo"
    service.file = "services/echo.toml"
    service.state = .draining
    service.listen = ["127.0.0.1:7007", "unix:/run/ä"]
    service.gate = 7
    service.uptime = .milliseconds(1500)
    service.limit = 100
    service.counts = counts(1)
    var report = StatusReport()
    report.pid = 3
    report.uptime = .seconds(9)
    report.skipped = "user"
    report.unprotected = ["a", "b c"]
    report.blockListFile = "/etc/blocked"
    report.blockListEntries = 12
    report.bans = 5
    report.kernelFilter = "off"
    report.kernelHasBans = true
    report.kernelHasBlockList = true
    report.faults = ["a.toml:1:1: error: ä"]
    report.resolver = "asked by pid 7"
    report.isStopping = true
    report.services = [service, ServiceStatus()]
    return report
}

/// Counts that all differ.
private func counts(_ first: Int) -> ServiceCounts {
    var counts = ServiceCounts()
    for (number, counter) in GateCounter.allCases.enumerated() { counts[counter] = first + number }
    return counts
}

struct ControlRequestTests {
    @Test(
        "every request arrives as it was sent",
        arguments: [
            ControlRequest.status, .reload, .drain, .stop, .blocked, .unblock(IPPrefix(of: .v4(7), length: 32)),
            .block(IPPrefix(of: .v6(5 << 64), length: 64), reason: "ü \n", length: .seconds(60)),
            .block(IPPrefix(of: .v4(0), length: 0), reason: "", length: nil),
            .sourceStatus(service: "a", .address(.v6(7))), .sourceStatus(service: "", .user(.max)),
        ])
    func requests(request: ControlRequest) {
        #expect(ControlRequest(wireBytes: request.wireBytes) == request)
        #expect(request.wireBytes.count <= ControlRequest.mostBytes)
    }

    @Test("every answer arrives as it was sent")
    func replies() {
        let ban = BanStatus(
            prefix: IPPrefix(of: .v4(7), length: 32), cause: "sensor:x", age: .seconds(1), left: nil, hits: 3,
            strikes: 2)
        var ending = ban
        ending.left = .milliseconds(1500)
        let replies: [ControlReply] =
            [
                .done(["a", ""]), .refused([]), .status(fullReport()), .status(StatusReport()), .bans([]),
                .bans([ban, ending]),
            ] + standings().map { .sourceStatus($0) }
        for reply in replies {
            #expect(ControlReply(wireBytes: reply.wireBytes) == reply)
        }
    }

    @Test("what is cut, longer or something else is no request and no answer")
    func nonsense() {
        let bytes = ControlReply.status(fullReport()).wireBytes
        for count in 0..<bytes.count { #expect(ControlReply(wireBytes: Array(bytes.prefix(count))) == nil) }
        #expect(ControlReply(wireBytes: bytes + [0]) == nil)
        #expect(ControlRequest(wireBytes: "restart".wireBytes) == nil)
        #expect(ControlRequest(wireBytes: []) == nil)
    }
}

/// Every way to stand.
private func standings() -> [SourceStatus] {
    var sourceStatus = SourceStatus()
    sourceStatus.connections = 3
    sourceStatus.rateWait = .milliseconds(1500)
    sourceStatus.turnWait = .milliseconds(2500)
    sourceStatus.points = 7
    sourceStatus.matches = 0b101
    return [SourceStatus(), sourceStatus]
        + [SourceStatus.Lists.unknown, .admitted, .unanswered, .denied(rule: 2)].map {
            sourceStatus.lists = $0
            return sourceStatus
        }
        + [SourceStatus.Checks.unknown, .passed, .refused(check: 3)].map {
            sourceStatus.checks = $0
            return sourceStatus
        }
}
