// Runs the programs of one connection in the foreground, as a gate does for a service with filters. The connection is
// on descriptors 0 and 1.
internal import LinuxSystem
internal import ServiceModel
internal import Spawner

/// A chain of programs. Its process was forked for it and is in the service's sandbox.
struct ExecChain: ~Copyable {
    private var plan: SpawnPlan
    private var chain: FilterChain
    private var sockets: ChainSockets
    private var positions: [Int32: Int] = [:]
    private let signals: SignalQueue
    private var poller: Poller

    /// - Parameter signals: receives TERM and SIGCHLD.
    init(_ service: Service, plan: consuming SpawnPlan, signals: consuming SignalQueue) throws(SystemError) {
        let chain = FilterChain(
            inputFilters: service.inputFilters.count, outputFilters: service.outputFilters.count)
        // The chain wants a socket for the connection; here descriptors 0 and 1 are the connection.
        var null: Descriptor? = try Startup.openNull()
        let sockets = try ChainSockets(connection: &null, count: chain.count)
        let poller = try Poller()
        try poller.add(signals.number, token: 0)
        self.chain = chain
        self.sockets = sockets
        self.poller = poller
        self.plan = plan
        self.signals = signals
    }

    /// Starts all programs and waits for their end.
    ///
    /// - Returns: the handler's status; 128 and the signal's number when a signal killed it; 1 when a filter failed.
    mutating func run(rule: Int?, facts: ConnectionFacts) throws(SystemError) -> Int32 {
        while let position = chain.next {
            var streams = sockets.streams(of: position)
            if position == 0 { streams.input = 0 }
            if position == chain.count - 1 { streams.output = 1 }
            let pid = try plan.spawn(position, streams, rule: rule, facts: facts)
            positions[pid] = position
            chain.started(position)
            sockets.giveInput(to: position)
        }
        var status: Int32 = 127
        while !chain.isOver {
            _ = try poller.wait(timeoutNanoseconds: nil)
            while let signal = try signals.next() { if signal == .terminate { terminate(chain.askToEnd()) } }
            while let end = try Processes.nextEnd() {
                try Processes.reap(end.pid)
                guard let position = positions.removeValue(forKey: end.pid) else { continue }
                if position == chain.handler { status = end.way.status }
                ended(position, end)
            }
        }
        return chain.isBroken ? 1 : status
    }

    private mutating func ended(_ position: Int, _ end: ProcessEnd) {
        let failure = plan.takeFailure(of: end.pid)
        if let failure { StandardError.write("doorward exec: stage \(failure.stage): \(failure.errno)") }
        let isOrderly = end.way == .exited(status: 0) || sockets.isReaderGone(of: position)
        let actions = chain.ended(position, failure == nil && isOrderly ? .orderly : .failed)
        terminate(actions.terminate)
        if actions.endsOutput { sockets.endOutput(of: position) }
        if actions.breaks { StandardError.write("doorward exec: a filter has failed, with status \(end.way.status)") }
    }

    private func terminate(_ stages: StageSet) {
        for (pid, position) in positions where stages.contains(position) { Processes.signalGroup(of: pid, .terminate) }
    }
}

extension ProcessEnd.Way {
    /// The exit status that a shell reports.
    var status: Int32 {
        switch self {
        case .exited(let status): status
        case .killed(let signal, _): 128 + signal.number
        }
    }
}
