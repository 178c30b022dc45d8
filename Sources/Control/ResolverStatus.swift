// The state of the process that asks DNS block lists, as the supervisor knows it.
package import Wire

/// The state of the resolver at one moment.
package enum ResolverStatus: Hashable, Sendable {
    /// No service has a DNS block list.
    case unused
    case running(pid: Int)
    /// The lists are not asked; the supervisor starts a resolver after this time.
    case failed(WorkerFailure, retryIn: Duration)
}

/// The reason why there is no resolver.
package struct WorkerFailure: Hashable, Sendable, CustomStringConvertible {
    /// The raw value is the word for programs.
    package enum Cause: String, CaseIterable, Hashable, Sendable {
        /// The supervisor could not start a resolver.
        case notStarted = "not_started"
        /// The resolver reported that it cannot serve, or reported nothing in time, and ended.
        case reported
        /// The resolver ended without a report.
        case ended
    }

    package let cause: Cause
    /// The report or the error, for people; empty when there is none.
    package let message: String

    package init(_ cause: Cause, message: String = "") {
        self.cause = cause
        self.message = message
    }

    /// For people.
    package var description: String { cause == .ended ? "it ended without a report" : message }
}

extension ResolverStatus: WireValue {
    package func write(to writer: inout WireWriter) {
        switch self {
        case .unused: writer.write(0)
        case .running(let pid):
            writer.write(1)
            writer.write(pid)
        case .failed(let failure, let wait):
            writer.write(2)
            writer.write(word: failure.cause)
            writer.write(failure.message)
            writer.write(wait)
        }
    }

    package init(from reader: inout WireReader) throws(WireError) {
        switch try reader.number() {
        case 0: self = .unused
        case 1: self = .running(pid: try reader.value())
        case 2:
            let failure = WorkerFailure(try reader.word(), message: try reader.text())
            self = .failed(failure, retryIn: try reader.value())
        default: throw WireError()
        }
    }
}
