// The programs of a service, and which of them serve one connection.

extension Service {
    /// The most filters in each direction.
    package static let mostFilters = 4

    /// A program, and the key that names it.
    package struct Program: Hashable, Sendable {
        package let key: String
        package let command: HandlerCommand
    }

    /// Every program that a gate may start; none for a sensor.
    package var programs: [Program] {
        guard admission.sensor == nil else { return [] }
        let handlers = [handler] + access.compactMap(\.handler)
        return admission.checks.programs.map { Program(key: "checks", command: $0) }
            + handlers.map { Program(key: "handler", command: $0) }
            + inputFilters.map { Program(key: "input_filters", command: $0) }
            + outputFilters.map { Program(key: "output_filters", command: $0) }
    }

    /// The programs that serve a connection together, in the order of the bytes that pass through them.
    ///
    /// - Parameter rule: the index of the access rule that admitted the connection; nil for none.
    package func chain(rule: Int?) -> [Program] {
        let command = rule.flatMap { access[$0].handler } ?? handler
        return inputFilters.map { Program(key: "input_filters", command: $0) }
            + [Program(key: "handler", command: command)]
            + outputFilters.map { Program(key: "output_filters", command: $0) }
    }
}
