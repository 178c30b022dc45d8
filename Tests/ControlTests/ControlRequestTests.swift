import Control
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
    report.isStopping = true
    report.services = [service, ServiceStatus()]
    return report
}

/// Counts that all differ.
private func counts(_ first: Int) -> ServiceCounts {
    var counts = ServiceCounts()
    counts.active = first
    counts.accepted = first + 1
    counts.succeeded = first + 2
    counts.failed = first + 3
    counts.unstarted = first + 4
    counts.blocked = first + 5
    counts.denied = first + 6
    counts.overLimit = first + 7
    counts.pauses = first + 8
    return counts
}

struct ControlRequestTests {
    @Test("every request arrives as it was sent", arguments: [ControlRequest.status, .reload, .drain, .stop])
    func requests(request: ControlRequest) {
        #expect(ControlRequest(wireBytes: request.wireBytes) == request)
        #expect(request.wireBytes.count <= ControlRequest.mostBytes)
    }

    @Test("every answer arrives as it was sent")
    func replies() {
        for reply in [ControlReply.done(["a", ""]), .refused([]), .status(fullReport()), .status(StatusReport())] {
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

struct ServiceCountsTests {
    @Test("values stand under their names, and add up one by one")
    func values() {
        #expect(counts(1).values == Array(1...9))
        #expect(ServiceCounts.names.count == 9)
        var sum = counts(1)
        sum.add(counts(10))
        #expect(sum.values == [11, 13, 15, 17, 19, 21, 23, 25, 27])
    }
}
