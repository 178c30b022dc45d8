// The supervisor's view of a gate.
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel

/// The supervisor's record of one gate, from its start to its reaping.
final class GateProcess: StartedProcess {
    let pid: Int32
    var channel: ParentEnd
    let definition: ServiceDefinition
    /// The listeners that it accepts from. Empty while it drains, so that a socket that no service wants is closed at
    /// once.
    private(set) var listeners: [OpenListener]
    /// The listeners that it has copies of until it ends, if they are still open then.
    let lent: [LentListener]
    /// The control group of the gate and all processes of its handlers; nil where there are no control groups.
    let group: ControlGroup?
    var life: ChildLife
    var sign: SignOfLife?
    var flow = ReportFlow()
    /// nil: it has closed its copies of the listeners, or need not yet.
    var closing: GateClosing?
    /// The memory in which the gate counts.
    let counters: SharedCounters
    /// The prefix lengths by which it counts sources: those of the settings when it was started.
    let sourcePrefix: SourcePrefix
    /// The gate's own report of why it could not serve.
    var failure: String?

    init(
        pid: Int32, channel: consuming ParentEnd, definition: ServiceDefinition,
        listeners: [OpenListener], group: ControlGroup?, counters: SharedCounters, sourcePrefix: SourcePrefix,
        startedAt now: Int64
    ) {
        self.pid = pid
        self.channel = channel
        self.definition = definition
        self.listeners = listeners
        lent = listeners.map { LentListener(open: $0) }
        self.group = group
        self.counters = counters
        self.sourcePrefix = sourcePrefix
        life = ChildLife(startedAt: now)
    }

    func giveUpListeners() { listeners = [] }

    /// What the gate has counted. Its handlers may have changed the memory, so each value is cut to 48 bits and used as
    /// a number only.
    var counts: ServiceCounts {
        var counts = ServiceCounts()
        for counter in GateCounter.allCases {
            counts[counter] = Int(clamping: counters[counter] & 0xffff_ffff_ffff)
        }
        return counts
    }
}

/// The wait for a gate that is to close its copies of the listeners. Another one accepts from them already, perhaps by
/// other rules. Pure.
struct GateClosing: Hashable {
    /// Monotonic.
    private(set) var deadline: Int64
    private var isAsked = false

    static let withinNanoseconds: Int64 = 10_000_000_000
    static let answerWithinNanoseconds: Int64 = 5_000_000_000

    enum Step {
        case wait
        /// Its report may be lost: it is asked once more.
        case ask
        case end
    }

    init(at now: Int64) { deadline = now + Self.withinNanoseconds }

    mutating func tend(at now: Int64) -> Step {
        guard now >= deadline else { return .wait }
        deadline = now + Self.answerWithinNanoseconds
        defer { isAsked = true }
        return isAsked ? .end : .ask
    }
}
