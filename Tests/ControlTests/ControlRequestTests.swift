import Addresses
import Control
import HostDefinition
import LinuxSystem
import Messages
import Sandbox
import ServiceModel
import Testing
import Wire

/// A report with no field at its default.
private func fullReport() -> StatusReport {
    var service = ServiceStatus()
    service.name = "echo"
    service.file = "services/echo.toml"
    service.state = .draining
    service.listen = ["127.0.0.1:7007", "unix:/run/ä"]
    service.failure = problem()
    service.faults = [Problem(nil, errno: "EIO", message: "no")]
    service.retryIn = .milliseconds(2500)
    service.gate = 7
    service.uptime = .milliseconds(1500)
    service.limit = 100
    service.counts = counts(1)
    service.draining = [.init(pid: 8, active: 2, uptime: .seconds(3))]
    var report = StatusReport()
    report.pid = 3
    report.uptime = .seconds(9)
    report.skipped = [.user, .lowerNice]
    report.limitations = LandlockLimitation.allCases
    report.controlGroups = .missing(.absent([.memory]))
    report.blockListFile = "/etc/blocked"
    report.blockListEntries = 12
    report.bans = 5
    report.kernelFilter = .on(filters()[1])
    report.faults = [
        Problem(
            Fault(position: SourcePosition(file: "a.toml", line: 1, column: 2), key: "limits.memory", message: "ä")),
        Problem(.file("a"), key: "services", option: "--services", message: "no"), Problem(nil, message: "no"),
    ]
    report.resolver = .running(pid: 7)
    report.isStopping = true
    report.services = [service, ServiceStatus()]
    return report
}

private func problem() -> ServiceProblem {
    var problem = ServiceProblem(message: "it ended")
    problem.errno = "EPERM"
    problem.key = "listen"
    problem.position = SourcePosition(file: "a.toml", line: 3, column: 4)
    problem.isOldInForce = true
    return problem
}

/// Filters without failures, and with each of them.
private func filters() -> [KernelFilterStatus.Filter] {
    var filter = KernelFilterStatus.Filter()
    filter.drops = .unreadable(SystemError("a", .busy))
    filter.failure = SystemError("b", .access)
    filter.bansFailure = SystemError("c", .noMemory)
    filter.blockListGap = .tooLong(lines: 3, most: 2)
    var other = KernelFilterStatus.Filter()
    other.drops = .counted(byBans: 5, byBlockList: 7)
    other.blockListGap = .failed(SystemError("d", .noEntry))
    return [KernelFilterStatus.Filter(), filter, other]
}

/// Reports with each state of the parts that a supervisor has once.
private func otherReports() -> [StatusReport] {
    let filters: [KernelFilterStatus] = [.off, .unavailable(SystemError("e", .invalid))] + filters().map { .on($0) }
    let resolvers =
        [ResolverStatus.unused]
        + WorkerFailure.Cause.allCases.map {
            .failed(WorkerFailure($0, message: "why"), retryIn: .milliseconds(10))
        }
    let groups: [ControlGroupLimitation?] = [
        nil, .noGroups, .missing(.absent([.pids, .memory])),
        .missing(.refused(directory: "/d", SystemError("f", .again))),
    ]
    var reports: [StatusReport] = []
    for index in 0..<max(filters.count, resolvers.count, groups.count) {
        var report = fullReport()
        report.kernelFilter = filters[index % filters.count]
        report.resolver = resolvers[index % resolvers.count]
        report.controlGroups = groups[index % groups.count]
        reports.append(report)
    }
    return reports
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
        let report = fullReport()
        let reload = ReloadReport(
            services: 3, faults: report.faults, failures: [.init(service: "a", file: "b", problem: problem())])
        let changes: [BanChange] = [
            .banned(ban), .exempt(ban.prefix, by: ban.prefix), .full(ban.prefix, most: 3), .unbanned(ending),
            .forgotten(ban.prefix), .notBanned(ban.prefix, wider: [ban.prefix]),
        ]
        let refusals: [ControlRefusal] = [
            .unknownRequest, .stopping, .notServed(service: "a"), .tooMany, .gateUnreachable, .gateSilent(pid: 3),
        ]
        var replies: [ControlReply] = [
            .status(report), .status(StatusReport()), .bans([]), .bans([ban, ending]), .reloaded(reload),
            .reloaded(ReloadReport(services: 0, faults: [], failures: [])), .stopping(active: 4),
        ]
        replies += otherReports().map { .status($0) }
        replies += sourceStatuses().map { .sourceStatus($0) }
        replies += changes.map { .banChange($0) }
        replies += refusals.map { .refused($0) }
        for reply in replies {
            #expect(ControlReply(wireBytes: reply.wireBytes) == reply)
        }
    }

    @Test("bytes that are cut off, too long or of another kind are no request and no answer")
    func nonsense() {
        let bytes = ControlReply.status(fullReport()).wireBytes
        for count in 0..<bytes.count { #expect(ControlReply(wireBytes: Array(bytes.prefix(count))) == nil) }
        for kind in 0..<20 as Range<Int64> {
            var writer = WireWriter()
            writer.write(kind)
            #expect(ControlReply(wireBytes: writer.bytes) == nil)
        }
        #expect(ControlReply(wireBytes: bytes + [0]) == nil)
        #expect(ControlRequest(wireBytes: "restart".wireBytes) == nil)
        #expect(ControlRequest(wireBytes: []) == nil)
    }
}

/// Source statuses with every answer of lists and checks.
private func sourceStatuses() -> [SourceStatus] {
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
