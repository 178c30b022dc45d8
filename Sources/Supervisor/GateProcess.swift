// A gate, as the supervisor knows it.
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel

/// One gate from fork to reaping.
final class GateProcess {
    let pid: Int32
    /// Identifies the gate in the poller; never used twice.
    let token: UInt64
    let channel: MessageChannel
    let definition: ServiceDefinition
    /// What it accepts from; none when it drains, so that a socket that nobody else wants is closed at once.
    private(set) var listeners: [OpenListener]
    /// Holds it and everything that its handlers start; nil where there are no control groups.
    let group: ControlGroup?
    let startedAt: Int64
    /// What it counts.
    let counters: SharedCounters
    /// What it counts sources by: that of the settings when it was started.
    let sourcePrefix: SourcePrefix
    /// Monotonic: when it must have reported; nil when that was said with SIGKILL.
    var reportBy: Int64?
    /// Monotonic: from when on its death is not its definition's fault.
    let provenAt: Int64
    /// What it said when it could not serve.
    var failure: String?
    /// Whether its end of the channel is closed, and ours out of the poller.
    var isChannelClosed = false

    static let reportWithinNanoseconds: Int64 = 10_000_000_000

    init(
        pid: Int32, token: UInt64, channel: consuming MessageChannel, definition: ServiceDefinition,
        listeners: [OpenListener], group: ControlGroup?, counters: SharedCounters, sourcePrefix: SourcePrefix,
        startedAt now: Int64
    ) {
        self.pid = pid
        self.token = token
        self.channel = channel
        self.definition = definition
        self.listeners = listeners
        self.group = group
        self.counters = counters
        self.sourcePrefix = sourcePrefix
        startedAt = now
        provenAt = now + Self.reportWithinNanoseconds
        reportBy = provenAt
    }

    func giveUpListeners() { listeners = [] }
}

/// A service that is wanted: its definition, and the gates that stand for it.
final class WantedService {
    let name: String
    var definition: ServiceDefinition
    /// The sockets of its definition: open as long as it is wanted, whatever becomes of its gates.
    var listeners: [OpenListener] = []
    /// Accepts connections.
    var serving: GateProcess?
    /// Takes its sandbox on, and has not reported yet.
    var starting: GateProcess?
    var backoff = Backoff()
    /// Monotonic: when to try to start it again.
    var retryAt: Int64?
    /// Why its definition is not in force; nil when it is, or when that is not known yet.
    var problem: ServiceProblem?

    init(_ definition: ServiceDefinition) {
        name = definition.service.name
        self.definition = definition
    }

    /// Whether nothing more is to be expected of its start: it serves, or it failed and waits for another try.
    var isSettled: Bool { starting == nil && (serving != nil || retryAt != nil) }
}
