// Reading the files again: SIGHUP for the definitions, a change of its file for the block list.
// Promises that sound files are applied, that a broken file leaves its old definition in force, that live connections
// are never touched, and that a socket stays open if its address did not change.
internal import Control
internal import HostDefinition
internal import LinuxSystem
internal import Messages
internal import ServiceModel

extension Supervisor {
    /// Has all files read and applied. Does nothing while the supervisor stops.
    ///
    /// - Parameter client: waits until that has taken effect.
    func requestReload(by client: ControlClient?) {
        guard !process.stop.isStopping else { return }
        files.reading.request(by: client)
    }

    /// Starts a reading that is wanted.
    func readFiles(at now: Int64) {
        let numbers = loop.numbers
        switch files.reading.tend(at: now, &loop.poller, number: numbers.next()) {
        case .nothing: break
        case .started(let reader, let number): descendants.roster.add(.reader(reader), number)
        case .failed(let outcome): reload(with: outcome, at: now)
        }
    }

    /// Applies what a reading of the files has found.
    func reload(with outcome: DefinitionReading<ControlClient>.Outcome, at now: Int64) {
        let faults = reload(outcome.definitions, at: now)
        files.wait(outcome.clients, faults: faults)
    }

    /// - Returns: the faults of the files.
    private func reload(_ found: Result<HostDefinition, HostDefinitionError>, at now: Int64) -> [Problem] {
        do throws(HostDefinitionError) {
            let definitions = try found.get()
            let difference = SettingsDifference(from: settings, to: definitions.settings)
            try refuse(difference.fixedKeys, in: definitions)
            if difference.has(.blockList) {
                try replaceBlockList(definitions.settings.blockList)
            } else {
                refreshBlockList()
            }
            files.settings = definitions.settings
            if difference.has(.exempt) { applyExempt(at: now) }
            // In any case: a filter that could not be made may be possible now.
            applyKernelFilter(at: now)
            // Without servers in the settings, the resolver has read /etc/resolv.conf, which may have others now.
            if difference.has(.resolver) || settings.nameServers == nil { renewResolver(at: now) }
            let isOtherHost = difference.has(.blockList) || difference.has(.gates)
            apply(definitions, on: "reload", restartingAll: isOtherHost)
            return blockList.faults + files.faults
        } catch {
            for line in error.lines { journal.problem("fault", line) }
            journal.event("reload_failed")
            files.faults = error.problems
            for service in services.all { service.faults = [] }
            return error.problems
        }
    }

    /// Refuses settings that cannot change while the supervisor runs.
    private func refuse(_ keys: [String], in read: HostDefinition) throws(HostDefinitionError) {
        guard !keys.isEmpty else { return }
        throw HostDefinitionError(
            problems: HostSettings.keys.filter { keys.contains($0.name) }.map { key in
                // `state` is the only one so far.
                Problem(
                    read.stateOrigin.map { .position($0) } ?? .file(read.settings.state), key: key.name,
                    message: "'\(key.name)' cannot change while the supervisor runs; it needs a restart, and until "
                        + "then \(key.shown(in: settings)) stays in force")
            })
    }

    /// Makes the services of these definitions the running ones.
    ///
    /// - Parameter occasion: the name of the event in the log.
    func apply(_ read: HostDefinition, on occasion: StaticString, restartingAll: Bool = false) {
        let now = Clock.monotonicNanoseconds()
        var definitions = read
        definitions.settle(keeping: services.byName.mapValues(\.definition))
        for fault in definitions.faults { journal.fault(fault) }
        let enabled = definitions.services.filter { $0.value.activation == .enabled }
        let removed = services.all.filter { enabled[$0.name] == nil }
        for service in removed {
            services.remove(service)
        }
        for (name, definition) in enabled.sorted(by: { $0.key < $1.key }) {
            guard let service = services[name] else {
                let service = WantedService(definition)
                services.add(service)
                start(service, at: now)
                continue
            }
            let isSame = service.definition.serves(as: definition) && !restartingAll
            if isSame, service.serving != nil || service.starting != nil {
                // An attempt to change the definition may have failed before, and this one restores the old definition.
                if service.serving != nil { service.problem = nil }
                continue
            }
            service.definition = definition
            start(service, at: now)
        }
        // After the others, because one of those may have taken over an address together with the clients in its queue.
        for service in removed {
            for gate in [service.serving, service.starting].compactMap({ $0 }) { startDrain(gate, at: now) }
            journal.removed(service.name)
        }
        for service in services.all {
            service.faults = definitions.faults.filter { $0.service == service.name }.map { Problem($0) }
        }
        services.closeUnwantedListeners()
        files.faults = definitions.faults.map { Problem($0) }
        journal.applied(occasion, services: enabled.count, faults: files.faults.count + blockList.faults.count)
    }

    /// Answers the clients that asked for a reload, once every gate serves or has failed. A gate that does not report
    /// is killed in time.
    func endReloads() {
        guard files.hasWaiting, services.isSettled else { return }
        let failures = services.sorted.compactMap { service in
            service.problem.map {
                ReloadReport.Failure(service: service.name, file: service.definition.service.file, problem: $0)
            }
        }
        files.answer(services: services.byName.count, failures: failures)
    }

    private func replaceBlockList(_ path: String?) throws(HostDefinitionError) {
        try blockList.replace(path)
        watchBlockList()
    }

    func watchBlockList() {
        if let error = blockList.watch(&loop.poller) {
            journal.problem("block_list_unwatched", "\(error); it is read again at each reload only")
        }
    }

    /// Reads the changed file, builds the whole list anew, and sends it to every gate.
    func rereadBlockList() {
        do throws(SystemError) {
            guard try blockList.file.hasChanged() else { return }
        } catch {
            journal.problem("block_list_unwatched", "\(error); the file is read again now")
        }
        refreshBlockList()
    }

    private func refreshBlockList() {
        switch blockList.readAgain() {
        case .unchanged: break
        case .changed(let count):
            for gate in allGates() {
                // A gate that cannot take the list must not go on with the old one, so it is killed, and the next one
                // starts with the new list.
                if !send(.blockList, to: gate, passing: [blockList.file.table.descriptor.number]) {
                    Processes.signal(gate.pid, .kill)
                }
            }
            journal.blockList(blockList.file, entries: count)
        case .kept(let error):
            for line in error.lines { journal.problem("fault", line) }
            journal.problem("block_list_kept", "the list that was read before stays in force")
        }
    }
}
