// The life of a process that the supervisor has started, of whatever kind: a table of states and events. Pure.
// A gate or a resolver starts, reports that it serves, and goes when it is not needed any more. The process that reads
// the files has one task, and ends with it.

/// Where one child is between its start and its end.
struct ChildLife: Hashable {
    enum State: CaseIterable {
        /// It enters its sandbox, and has not reported.
        case starting
        case serving
        /// It does its only task.
        case working
        /// It has reported that it cannot serve, or was killed before it did.
        case failing
        /// It is not needed any more: it was told to end, or was killed for that.
        case leaving
    }

    enum Event: CaseIterable {
        /// It reports that it serves.
        case ready
        /// It reports that it cannot serve, and why. It then ends.
        case failed
        /// Its deadline has passed.
        case late
        /// It has sent what no such process sends.
        case nonsense
        /// Another one has taken its place, or nobody needs it.
        case dismissed
        /// It was reaped.
        case ended
    }

    /// What the supervisor has to do.
    enum Consequence: CaseIterable {
        case nothing
        /// From now on it serves; what it replaces is dismissed.
        case takeOver
        case kill
        /// It is gone and has never served: what it was started for may be tried again.
        case startFailed
        /// It is gone although it is needed: another one is started.
        case died
        /// It is gone, as it should be.
        case done
    }

    private(set) var state: State
    /// Monotonic.
    let startedAt: Int64
    /// Monotonic: when ``Event/late`` is due; nil for never.
    private(set) var deadline: Int64?

    /// The time that a child has for its start. One that lives longer did not fail because of what it was started with.
    static let startNanoseconds: Int64 = 10_000_000_000

    /// A child that has to report.
    init(startedAt now: Int64) {
        state = .starting
        startedAt = now
        deadline = now + Self.startNanoseconds
    }

    /// A child with one task.
    init(workingFrom now: Int64, withinNanoseconds: Int64) {
        state = .working
        startedAt = now
        deadline = now + withinNanoseconds
    }

    /// Whether it has lived longer than a start takes.
    func isProven(at now: Int64) -> Bool { now >= startedAt + Self.startNanoseconds }

    /// Notes what has happened to the child.
    mutating func note(_ event: Event) -> Consequence {
        let (next, consequence) = Self.step(state, event)
        // A child that was killed for being late, that serves, or that leaves with connections, takes what it needs.
        if event == .late || event == .ready || next == .serving { deadline = nil }
        state = next
        return consequence
    }

    /// The table.
    static func step(_ state: State, _ event: Event) -> (State, Consequence) {
        switch (state, event) {
        case (.starting, .ready): (.serving, .takeOver)
        case (.starting, .failed): (.failing, .nothing)
        case (.starting, .late), (.starting, .nonsense): (.failing, .kill)
        case (.starting, .ended): (.failing, .startFailed)

        // A report that comes twice, or too late, changes nothing: the end of the process is what counts.
        case (.serving, .ready), (.serving, .failed), (.serving, .late): (.serving, .nothing)
        case (.serving, .nonsense): (.serving, .kill)
        case (.serving, .ended): (.serving, .died)

        // It has no channel to report by.
        case (.working, .ready), (.working, .failed): (.working, .nothing)
        case (.working, .late), (.working, .nonsense): (.failing, .kill)
        case (.working, .ended): (.working, .done)

        case (.failing, .ready), (.failing, .failed): (.failing, .nothing)
        case (.failing, .late), (.failing, .nonsense): (.failing, .kill)
        case (.failing, .ended): (.failing, .startFailed)

        case (.leaving, .ready), (.leaving, .failed): (.leaving, .nothing)
        // It was dismissed while it started, and hangs there.
        case (.leaving, .late), (.leaving, .nonsense): (.leaving, .kill)
        case (.leaving, .ended): (.leaving, .done)

        case (_, .dismissed): (.leaving, .nothing)
        }
    }
}

/// A process that the supervisor has started.
protocol StartedProcess: AnyObject {
    var pid: Int32 { get }
    var life: ChildLife { get set }
    /// nil: it is not asked for any, because it does not serve yet, or has only one task.
    var sign: SignOfLife? { get set }
    var flow: ReportFlow { get set }
}
