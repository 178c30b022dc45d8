// Values with no field at its default, and others without every part that may be missing.
import Addresses
import Control
import HostDefinition
import LinuxSystem
import Messages
import Sandbox
import ServiceModel

let position = SourcePosition(file: "services/a.toml", line: 3, column: 9)

let problems = [
    Problem(Fault(position: position, key: "limits.memory", message: "'limits.memory' is a string")),
    Problem(.file("services"), key: "services", option: "--services", errno: "EACCES", message: "cannot be read"),
    Problem(nil, message: "cannot start"),
]

/// A problem of a service with every part.
let failure = {
    var failure = ServiceProblem(message: "127.0.0.1:25 cannot be opened: bind: EADDRINUSE")
    failure.errno = "EADDRINUSE"
    failure.key = "listen"
    failure.position = position
    failure.isOldInForce = true
    return failure
}()

let filters: [KernelFilterStatus] = {
    var sound = KernelFilterStatus.Filter()
    sound.drops = .counted(byBans: 3, byBlockList: 4)
    var faulty = sound
    faulty.drops = .unreadable(SystemError("read the filter's counters", .notPermitted))
    faulty.bansFailure = SystemError("add to the filter", .noMemory)
    faulty.blockListGap = .failed(SystemError("replace the filter's block list", .busy))
    var long = sound
    long.failure = SystemError("attach the filter", .noMemory)
    long.blockListGap = .tooLong(lines: 200_000, most: 100_000)
    return [
        .off, .unavailable(SystemError("load the filter", .notPermitted)), .on(sound), .on(faulty), .on(long),
    ]
}()

let resolvers: [ResolverStatus] = [
    .unused, .running(pid: 17), .failed(WorkerFailure(.ended), retryIn: .milliseconds(1500)),
    .failed(WorkerFailure(.reported, message: "open: EACCES"), retryIn: .zero),
]

func statusReport(
    _ filter: KernelFilterStatus = .off, _ resolver: ResolverStatus = .unused,
    _ groups: ControlGroupLimitation? = nil
) -> StatusReport {
    var service = ServiceStatus()
    service.name = "echo"
    service.file = "services/echo.toml"
    service.state = .failing
    service.failure = failure
    service.faults = problems
    service.retryIn = .seconds(2)
    service.listen = ["127.0.0.1:7007", "unix:/run/ä"]
    service.limit = 100
    service.counts[.refused(.sourceLimit)] = 7
    service.counts[.active] = 2
    service.draining = [.init(pid: 8, active: 2, uptime: .seconds(3))]
    var report = StatusReport()
    report.pid = 3
    report.uptime = .seconds(9)
    report.skipped = RootStep.allCases
    report.limitations = [.signal, .abstractUnix]
    report.controlGroups = groups
    report.blockListFile = "/etc/blocked"
    report.blockListEntries = 12
    report.bans = 5
    report.kernelFilter = filter
    report.resolver = resolver
    report.isStopping = true
    report.faults = problems
    report.services = [service, ServiceStatus()]
    return report
}

func ban(_ cause: String, left: Duration? = nil) -> BanStatus {
    BanStatus(
        prefix: IPPrefix(of: .v4(0xc000_0207), length: 32), cause: cause, age: .seconds(1), left: left, hits: 3,
        strikes: 2)
}

let bans = [
    ban("command:a%20test"), ban("sensor:trap", left: .milliseconds(1500)),
    ban("penalties:login:no_data", left: .seconds(60)),
]

let network = IPPrefix(of: .v4(0xc000_0200), length: 24)

let banChanges: [BanChange] = [
    .banned(ban("command", left: .milliseconds(1500))), .banned(ban("command:x")), .exempt(network, by: network),
    .full(network, most: 16_384), .unbanned(bans[2]), .unbanned(bans[1]), .forgotten(network),
    .notBanned(network, wider: [network]),
]
