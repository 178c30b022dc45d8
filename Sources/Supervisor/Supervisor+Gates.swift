// Starting gates, and starting them again. The listening sockets stay open meanwhile. What gates say, and what their ends mean,
// is in Supervisor+GateEvents.swift.
internal import Addresses
internal import Control
internal import HostDefinition
internal import Gate
internal import LinuxSystem
internal import Messages
internal import Sandbox
internal import ServiceModel

extension Supervisor {
    /// Starts a gate for a service's definition. What keeps it from starting is logged, and tried again later.
    func start(_ service: WantedService, at now: Int64) {
        service.retryAt = nil
        service.problem = nil
        if let superseded = service.starting {
            service.starting = nil
            startDrain(superseded)
        }
        do {
            let gate = try makeGate(for: service.definition, at: now)
            service.starting = gate
            service.listeners = gate.listeners
        } catch let error as BindError {
            // Those of its sockets that could be opened wait closed, so that no client waits in vain.
            closeUnwantedListeners()
            if error.error.errno == .addressInUse, makeWay(for: error.listener.address, in: service) {
                service.retryAt = now + Backoff.shortest.nanoseconds
                return
            }
            service.problem = ServiceProblem(error)
            logBindFailure(service, error, retryIn: retry(service, at: now))
        } catch {
            service.problem = ServiceProblem(message: "\(error)")
            service.problem?.errno = (error as? SystemError)?.errno.name
            logStartFailure(service, "\(error)", retryIn: retry(service, at: now))
        }
    }

    /// Gives up what stands in the way of a service's own new address: 127.0.0.1:80 for 0.0.0.0:80, or the other way round.
    /// Both cannot be open at once, so the old gate goes before the new one has shown that it serves.
    private func makeWay(for address: ListenAddress, in service: WantedService) -> Bool {
        let old = (service.serving?.listeners ?? []) + service.listeners
        guard old.contains(where: { $0.bound.conflicts(with: address) }) else { return false }
        if let serving = service.serving { startDrain(serving, isInTheWay: true) }
        service.serving = nil
        service.listeners = []
        closeUnwantedListeners()
        return true
    }

    func retry(_ service: WantedService, at now: Int64) -> Duration {
        let wait = service.backoff.failed()
        service.retryAt = now + wait.nanoseconds
        return wait
    }

    private func makeGate(for definition: ServiceDefinition, at now: Int64) throws -> GateProcess {
        let service = definition.service
        let opened = try openListeners(of: definition)
        let credentials = try DynamicUsers.credentials(of: service, state: settings.state, privilege: privilege)
        let token = nextToken()
        let network = try emptyNetworkNumber(for: service)
        let pair = try MessageChannel.pair()
        // Before the fork: a gate that nobody hears must not exist. If the fork fails, closing takes it out again.
        try poller.add(pair.supervisor.number, token: token)
        let counters = try SharedCounters.ofGate()
        let resolver = try resolverEnd(for: service, at: now)
        // The last that can fail before the fork: nobody would remove it.
        let group = try groups?.makeGroup(
            "\(service.name).\(token - Self.firstToken)", limits: service.limits, checks: service.admission.checks)
        var setup = GateSetup(
            sandbox: SandboxPlan(
                service: service, credentials: credentials, privilege: privilege, emptyNetwork: network,
                group: group?.path),
            sourcePrefix: settings.sourcePrefix,
            listeners: opened.map { .init(number: $0.number, bound: $0.bound) }, channel: pair.gate.number,
            blockListFile: settings.blockList ?? "", blockListNumber: blockList.table.descriptor.number,
            bansNumber: banList.descriptor.number,
            counters: counters)
        switch resolver {
        case .some(let end): setup.resolver = end.number
        case .none: break
        }
        let pid: Int32
        do throws(SystemError) {
            pid = try Processes.fork(into: group?.number)
        } catch {
            _ = group?.isRemoved()
            throw error
        }
        if pid == 0 { Gate.serve(setup) }
        return GateProcess(
            pid: pid, token: token, channel: pair.takeSupervisorEnd(), definition: definition, listeners: opened,
            group: group, counters: counters, sourcePrefix: settings.sourcePrefix, startedAt: now)
    }

    /// Made when the first service wants it, and kept for the others.
    private func emptyNetworkNumber(for service: Service) throws(SystemError) -> Int32? {
        guard SandboxPlan.wantsEmptyNetwork(service, with: privilege) else { return nil }
        if emptyNetwork == nil { emptyNetwork = try EmptyNetwork() }
        switch emptyNetwork {
        case .some(let network): return network.descriptor.number
        case .none: return nil
        }
    }

    private func openListeners(of definition: ServiceDefinition) throws(BindError) -> [OpenListener] {
        var opened: [OpenListener] = []
        for (index, wanted) in definition.listeners.enumerated() {
            do throws(SystemError) {
                let listener = try listeners.listener(for: wanted.address, of: definition.service, at: index)
                if case .ip = listener.bound {
                    // The kernel would judge the upstreams, and not their clients.
                    listener.isFiltered = definition.service.admission.upstreams.isEmpty
                    if listener.isFiltered {
                        attachFilter(to: listener.number)
                    } else {
                        detachFilter(from: listener.number)
                    }
                }
                opened.append(listener)
            } catch {
                throw BindError(listener: wanted, error: error)
            }
        }
        return opened
    }

    /// - Returns: whether the gate can be reached.
    @discardableResult
    func send(_ message: SupervisorMessage, to gate: GateProcess, passing number: Int32? = nil) -> Bool {
        do throws(SystemError) {
            try gate.channel.send(message.bytes, passing: number)
            return true
        } catch {
            // The gate is gone, and SIGCHLD is on its way; or it has not read for a hundred messages, and is not well.
            logProblem("gate_unreachable", "pid \(gate.pid): \(error)")
            return false
        }
    }

    func startWhatIsDue(at now: Int64) {
        for service in services.values {
            if let due = service.retryAt, now >= due { start(service, at: now) }
        }
    }

    /// Kills a gate that does not report in time, or reports a failure and stays; its end is then a failed start.
    func endLateGates(at now: Int64) {
        for service in services.values {
            guard let gate = service.starting, let deadline = gate.reportBy, now >= deadline else { continue }
            gate.failure =
                gate.failure
                ?? "it did not report within \(GateProcess.reportWithinNanoseconds / 1_000_000_000) seconds"
            gate.reportBy = nil
            Processes.signal(gate.pid, .kill)
        }
    }

    func closeUnwantedListeners() { listeners.close(allBut: wantedListeners) }

    var wantedListeners: [OpenListener] {
        services.values.flatMap { service in
            service.listeners + (service.serving?.listeners ?? []) + (service.starting?.listeners ?? [])
        }
    }
}

/// An address that could not be bound.
struct BindError: Error {
    let listener: ServiceDefinition.Listener
    let error: SystemError
}

extension ServiceProblem {
    fileprivate init(_ failure: BindError) {
        self.init(message: "\(failure.listener.address) cannot be opened: \(failure.error)")
        errno = failure.error.errno.name
        key = "listen"
        position = failure.listener.position
    }
}
