// The answers of a supervisor to the command line. Data only: Inspection has the sentences for people.
package import HostDefinition
package import Messages
package import Wire

/// The answer to a request.
package enum ControlReply: Hashable, Sendable {
    case status(StatusReport)
    case bans([BanStatus])
    case sourceStatus(SourceStatus)
    case reloaded(ReloadReport)
    case banChange(BanChange)
    /// The supervisor accepts no more connections, and serves the active ones to their end.
    case stopping(active: Int)
    case refused(ControlRefusal)
}

/// The result of a reload.
package struct ReloadReport: Hashable, Sendable {
    /// The number of services that are enabled now.
    package var services: Int
    /// The faults of the files: what a file says at such a place is not in force.
    package var faults: [Problem]
    /// The services with a definition that is not in force, although its file has no fault.
    package var failures: [Failure]

    /// A service that is not served as its file says.
    package struct Failure: Hashable, Sendable {
        package var service: String
        package var file: String
        package var problem: ServiceProblem

        package init(service: String, file: String, problem: ServiceProblem) {
            self.service = service
            self.file = file
            self.problem = problem
        }
    }

    package init(services: Int, faults: [Problem], failures: [Failure]) {
        self.services = services
        self.faults = faults
        self.failures = failures
    }

    /// Whether every service is served as its file says.
    package var isInForce: Bool { faults.isEmpty && failures.isEmpty }
}

/// The reason why a supervisor refuses a request.
package enum ControlRefusal: Hashable, Sendable {
    /// The supervisor does not know the request.
    case unknownRequest
    /// The supervisor is about to end.
    case stopping
    case notServed(service: String)
    /// Too many commands wait for answers of gates.
    case tooMany
    case gateUnreachable
    /// The gate with this pid did not answer in time.
    case gateSilent(pid: Int)
}

extension ControlReply: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .status(let report):
            writer.write(0)
            writer.write(report)
        case .bans(let bans):
            writer.write(1)
            writer.write(bans)
        case .sourceStatus(let sourceStatus):
            writer.write(2)
            writer.write(sourceStatus)
        case .reloaded(let report):
            writer.write(3)
            writer.write(report)
        case .banChange(let change):
            writer.write(4)
            writer.write(change)
        case .stopping(let active):
            writer.write(5)
            writer.write(active)
        case .refused(let refusal):
            writer.write(6)
            writer.write(refusal)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .status(try reader.value())
        case 1: self = .bans(try reader.list())
        case 2: self = .sourceStatus(try reader.value())
        case 3: self = .reloaded(try reader.value())
        case 4: self = .banChange(try reader.value())
        case 5: self = .stopping(active: try reader.value())
        case 6: self = .refused(try reader.value())
        default: throw WireError()
        }
    }
}

extension ReloadReport: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(services)
        writer.write(faults)
        writer.write(failures)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(services: try reader.value(), faults: try reader.list(), failures: try reader.list())
    }
}

extension ReloadReport.Failure: WireValue {
    package func write(to writer: inout WireWriter) {
        writer.write(service)
        writer.write(file)
        writer.write(problem)
    }

    package init(from reader: inout WireReader) throws(WireError) {
        self.init(service: try reader.text(), file: try reader.text(), problem: try reader.value())
    }
}

extension ControlRefusal: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .unknownRequest: writer.write(0)
        case .stopping: writer.write(1)
        case .notServed(let service):
            writer.write(2)
            writer.write(service)
        case .tooMany: writer.write(3)
        case .gateUnreachable: writer.write(4)
        case .gateSilent(let pid):
            writer.write(5)
            writer.write(pid)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .unknownRequest
        case 1: self = .stopping
        case 2: self = .notServed(service: try reader.text())
        case 3: self = .tooMany
        case 4: self = .gateUnreachable
        case 5: self = .gateSilent(pid: try reader.value())
        default: throw WireError()
        }
    }
}
