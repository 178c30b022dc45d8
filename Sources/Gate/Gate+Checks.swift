// Checks: the administrator's own programs, which the gate asks about a source before it starts a handler. A check runs
// as a handler does, in the same sandbox, but gets nothing of the connection except its variables; so one answer is
// good for all connections of a source. A source comes in only if every check lets it in; a check that fails or takes
// too long refuses it.
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// The checks of a gate's service: the answers so far, and the programs that run.
struct GateChecks: ~Copyable {
    var cache: CheckCache
    var runs: CheckRuns
    /// Whether a pending connection needs a check that has not been started.
    var isDue = false

    init(_ checks: Checks) {
        cache = CheckCache(
            holds: checks.cache.nanoseconds, sourcesPerFamily: checks.programs.isEmpty ? 1 : CheckCache.standardSources)
        runs = CheckRuns(capacity: Checks.atOnce)
    }
}

extension Gate {
    /// Admits or refuses the connection if the answer for its source is known. Otherwise the connection waits until a
    /// check of its source ends.
    mutating func advanceByChecks(_ incoming: consuming IncomingConnection, at now: Int64) {
        guard let source = incoming.source else { preconditionFailure("a connection that is checked was admitted") }
        if let answer = checks.cache.answer(for: source, at: now) { return follow(answer, on: incoming, at: now) }
        checks.isDue = true
        hold(incoming, in: .checks, at: now)
    }

    private mutating func follow(_ answer: CheckAnswer, on incoming: consuming IncomingConnection, at now: Int64) {
        if let refusal = answer.refusal { return refusePending(incoming, refusal, at: now) }
        advance(incoming, from: phasePlan.next(after: .checks), at: now)
    }

    /// Starts the program of a run.
    ///
    /// - Returns: false when fork fails; the gate tries again when it accepts again.
    private mutating func start(_ wanted: CheckRun, at now: Int64) -> Bool {
        var run = wanted
        do throws(SystemError) {
            run.pid = try plan.spawn(check: run.position, rule: run.rule, facts: run.facts)
        } catch {
            pause(.lackOfResources, error, at: now)
            return false
        }
        checks.runs.add(run)
        return true
    }

    /// Handles the end of a process that was a check: starts the next check, or applies the answer.
    ///
    /// - Returns: whether the process was a check.
    mutating func checkEnded(_ end: ProcessEnd, at now: Int64) throws(SystemError) -> Bool {
        guard var run = checks.runs.remove(pid: end.pid) else { return false }
        let failure = plan.takeFailure(of: end.pid)
        let answer: CheckAnswer?
        switch end.way {
        case .exited(status: 0) where failure == nil:
            run.position += 1
            run.isLate = run.isLate || now >= run.deadline
            if run.position == setup.service.admission.checks.programs.count {
                answer = .passed
            } else if run.isLate {
                answer = nil
            } else {
                // If the next check cannot be started, the gate later asks all checks of this source again.
                checks.isDue = !start(run, at: now) || checks.isDue
                return true
            }
        case .exited where failure == nil: answer = .refused(check: run.position)
        default:
            journal.logCheckFailure(run, end.way, failure, at: now)
            answer = nil
        }
        if let answer { checks.cache.learn(answer, of: run.source, at: now) }
        try apply(answer, of: run, at: now)
        checks.isDue = true
        return true
    }

    /// Admits or refuses all pending connections of the source. A nil answer means that the check failed or took too
    /// long.
    private mutating func apply(_ answer: CheckAnswer?, of run: CheckRun, at now: Int64) throws(SystemError) {
        var next = pendingConnections.first(in: .checks)
        while let number = next {
            next = pendingConnections.next(after: number)
            guard pendingConnections.read(number, { $0.incoming.source }) == run.source else { continue }
            let incoming = try removePending(number)
            if let answer {
                follow(answer, on: incoming, at: now)
            } else {
                refusePending(incoming, run.isLate ? .plain(.checkTimeout) : .checkFailed(run.position), at: now)
            }
        }
    }

    /// Kills checks that take too long, and starts checks for pending connections.
    mutating func tendChecks(at now: Int64) {
        checks.runs.expire(at: now) { Processes.signalGroup(of: $0, .kill) }
        guard checks.isDue, !listeners.isPaused else { return }
        checks.isDue = false
        var next = pendingConnections.first(in: .checks)
        while let number = next, !checks.runs.isFull, !listeners.isPaused {
            next = pendingConnections.next(after: number)
            startCheck(of: number, at: now)
        }
        if next != nil { checks.isDue = true }
    }

    private mutating func startCheck(of number: UInt64, at now: Int64) {
        guard let time = phasePlan.duration(of: .checks),
            let (source, facts, rule) = pendingConnections.read(
                number, { ($0.incoming.source, $0.incoming.facts(nil), $0.incoming.rule) }),
            let source, !checks.runs.contains(source)
        else { return }
        if !start(CheckRun(source: source, facts: facts, rule: rule, deadline: now + time), at: now) { checks.isDue = true }
    }

    /// Kills all checks, because no pending connection needs an answer.
    mutating func endChecks() {
        checks.runs.forEach { Processes.signalGroup(of: $0, .kill) }
    }
}
