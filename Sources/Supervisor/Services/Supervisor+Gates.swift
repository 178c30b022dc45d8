// Starts gates, and starts them again. The listening sockets stay open meanwhile. Supervisor+GateEvents.swift handles
// the reports and the ends of gates.
internal import Addresses
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ProcessSetup
internal import Sandbox
internal import ServiceModel

extension Supervisor {
    /// Starts a gate for a service's definition. A failure is logged, and the start tried again later.
    func start(_ service: WantedService, at now: Int64) {
        service.restart.cancel()
        service.problem = nil
        if let superseded = service.starting {
            service.starting = nil
            startDrain(superseded, at: now)
        }
        do {
            let gate = try makeGate(for: service.definition, at: now)
            service.starting = gate
            service.listeners = gate.listeners
        } catch let error as BindError {
            // Sockets that were opened already are closed, so that no client waits for a service that does not start.
            services.closeUnwantedListeners()
            let address = error.listener.address
            if error.error.errno == .addressInUse, closeConflicting(with: address, in: service, at: now) {
                service.restart.soon(at: now)
                return
            }
            service.problem = ServiceProblem(error)
            journal.bindFailure(service, error, retryIn: service.restart.failed(at: now))
        } catch {
            service.problem = ServiceProblem(reason: "\(error)", of: service.definition)
            service.problem?.errno = (error as? SystemError)?.errno.name
            journal.startFailure(service, "\(error)", retryIn: service.restart.failed(at: now))
        }
    }

    /// Closes the service's own listeners that conflict with its new address: 127.0.0.1:80 with 0.0.0.0:80, or the
    /// other way round. The kernel does not let both be open at once, so the old gate drains before the new one has
    /// shown that it serves.
    private func closeConflicting(
        with address: ListenAddress, in service: WantedService, at now: Int64
    ) -> Bool {
        let old = (service.serving?.listeners ?? []) + service.listeners
        guard old.contains(where: { $0.bound.conflicts(with: address) }) else { return false }
        if let serving = service.serving { startDrain(serving, isConflicting: true, at: now) }
        service.serving = nil
        service.listeners = []
        services.closeUnwantedListeners()
        return true
    }

    private func makeGate(for definition: ServiceDefinition, at now: Int64) throws -> GateProcess {
        let service = definition.service
        let opened = try openListeners(of: definition)
        let credentials = try DynamicUsers.credentials(of: service, state: settings.state, privilege: process.privilege)
        let number = loop.numbers.next()
        let network = try emptyNetworkNumber(for: service)
        let channel = try ProcessChannel()
        // Before the start, because a gate without a channel in the poller must not exist. If the start fails, closing
        // the channel takes it out of the poller.
        try loop.poller.add(channel.parent.number, .child(number))
        let counters = try SharedCounters.ofGate()
        let lines = try LogPipe(capacity: LogPipe.capacity)
        let resolver = try resolverEnd(for: service, at: now)
        var passed = SetupDescriptors()
        passed.errors = lines.writerNumber
        var setup = GateSetup(
            sandbox: SandboxPlan(
                service: service, credentials: credentials, privilege: process.privilege,
                emptyNetwork: network.map { passed.add($0) }),
            sourcePrefix: settings.sourcePrefix,
            listeners: opened.map { .init(number: passed.add($0.number), bound: $0.bound) },
            channel: passed.add(channel.child.numbers), blockListFile: settings.blockList ?? "",
            blockListNumber: passed.add(blockList.file.table.descriptor.number),
            bansNumber: passed.add(bans.list.descriptor.number),
            countersNumber: passed.add(counters.descriptor.number))
        switch resolver {
        case .some(let end): setup.resolver = passed.add(end.numbers)
        case .none: break
        }
        // What follows the making of the group removes it on a failure, because nothing else would.
        let group = try descendants.orphans.groups?.makeGroup(
            "\(service.name).\(number)", limits: service.limits, checks: service.admission.checks)
        setup.sandbox.group = group?.path
        let pid: Int32
        do throws(SystemError) {
            pid = try process.programs.startGate(setup, passed, into: group?.number)
        } catch {
            _ = group?.isRemoved()
            throw error
        }
        let gate = GateProcess(
            pid: pid, channel: channel.takeParentEnd(), definition: definition, listeners: opened,
            group: group, counters: counters, sourcePrefix: settings.sourcePrefix, startedAt: now)
        descendants.roster.add(.gate(gate), number)
        readLog(lines, of: .gate(service: service.name, pid: pid), pid: pid)
        return gate
    }

    private func emptyNetworkNumber(for service: Service) throws(SystemError) -> Int32? {
        SandboxPlan.wantsEmptyNetwork(service, with: process.privilege) ? try process.emptyNetworkNumber() : nil
    }

    private func openListeners(of definition: ServiceDefinition) throws(BindError) -> [OpenListener] {
        var opened: [OpenListener] = []
        for (index, wanted) in definition.listeners.enumerated() {
            do throws(SystemError) {
                let listener = try services.listeners.listener(for: wanted.address, of: definition.service, at: index)
                if case .ip = listener.bound {
                    // The kernel would filter by the upstreams' addresses, and not by those of their clients.
                    listener.isFiltered = definition.service.admission.upstreams.isEmpty
                }
                setKernelFilter(of: listener)
                opened.append(listener)
            } catch {
                throw BindError(listener: wanted, error: error)
            }
        }
        return opened
    }

    /// - Returns: whether the message was sent.
    @discardableResult
    func send(_ message: SupervisorMessage, to gate: GateProcess, passing numbers: [Int32] = []) -> Bool {
        do throws(SystemError) {
            try gate.channel.send(message.bytes, passing: numbers)
            return true
        } catch {
            // The gate has ended, and SIGCHLD follows; or it has not read a hundred messages, and something is wrong
            // with it.
            journal.problem("gate_unreachable", "pid \(gate.pid): \(error)")
            return false
        }
    }

    func startWhatIsDue(at now: Int64) {
        for service in services.all where service.restart.isDue(at: now) { start(service, at: now) }
    }
}

/// An address that could not be opened, and the error.
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
