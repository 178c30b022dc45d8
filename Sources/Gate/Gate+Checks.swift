// Checks: programs of the administrator's own that are asked about a source, before a handler is started for it. They run as
// handlers do, in the same sandbox, but with nothing of the connection except its variables; so one answer is good for all
// connections of a source. Whoever is not let in by every one of them is refused: also when one fails, or takes too long.
internal import Admission
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// The checks of a gate's service: what they have said, and what they are about to say.
struct GateChecks: ~Copyable {
    var cache: CheckCache
    var runs: CheckRuns
    /// Whether somebody waits for one to be started.
    var isDue = false

    init(_ checks: Checks) {
        cache = CheckCache(
            holds: checks.cache.nanoseconds, sourcesPerFamily: checks.programs.isEmpty ? 1 : CheckCache.standardSources)
        runs = CheckRuns(capacity: Checks.atOnce)
    }
}

extension Gate {
    /// Lets somebody in or not, when it is known what the checks say; else its source is checked in this turn, or in its own.
    mutating func advanceByChecks(_ incoming: consuming IncomingConnection, at now: Int64) {
        guard let source = incoming.source else { preconditionFailure("who is checked was admitted") }
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
    /// - Returns: false when no process could be made; that is tried again when accepting goes on.
    private mutating func start(_ wanted: CheckRun) -> Bool {
        var run = wanted
        do throws(SystemError) {
            run.pid = try plan.spawn(check: run.position, rule: run.rule, facts: run.facts)
        } catch {
            pause(.lackOfResources, error)
            return false
        }
        checks.runs.add(run)
        return true
    }

    /// A process has ended: what that means when it was a check.
    ///
    /// - Returns: whether it was one.
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
                // Without a process for the next one, all of them are asked again when there is one.
                checks.isDue = !start(run) || checks.isDue
                return true
            }
        case .exited where failure == nil: answer = .refused(check: run.position)
        default:
            logCheckFailure(run, end.way, failure, at: now)
            answer = nil
        }
        if let answer { checks.cache.learn(answer, of: run.source, at: now) }
        try tell(answer, of: run, at: now)
        checks.isDue = true
        return true
    }

    /// Goes on with everybody who waits for this answer; nil: there is none.
    private mutating func tell(_ answer: CheckAnswer?, of run: CheckRun, at now: Int64) throws(SystemError) {
        var next = pendingConnections.first(in: .checks)
        while let number = next {
            next = pendingConnections.next(after: number)
            guard pendingConnections.read(number, { $0.incoming.source }) == run.source else { continue }
            let incoming = try removePending(number)
            if let answer {
                follow(answer, on: incoming, at: now)
            } else {
                refusePending(incoming, run.isLate ? .checkTimeout : .checkFailed(run.position), at: now)
            }
        }
    }

    /// Ends checks whose time is over, and starts those that wait for their turn.
    mutating func tendChecks(at now: Int64) {
        checks.runs.expire(at: now) { Processes.signalGroup(of: $0, .kill) }
        guard checks.isDue, throttle.until == nil else { return }
        checks.isDue = false
        var next = pendingConnections.first(in: .checks)
        while let number = next, !checks.runs.isFull, throttle.until == nil {
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
        if !start(CheckRun(source: source, facts: facts, rule: rule, deadline: now + time)) { checks.isDue = true }
    }

    /// Nobody waits for an answer any more.
    mutating func endChecks() {
        checks.runs.forEach { Processes.signalGroup(of: $0, .kill) }
    }
}
