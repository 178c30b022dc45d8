// The keys that name programs: `handler`, `input_filters`, `output_filters` and `checks`; and how a program's name becomes the path that is executed.
// Promises an absolute path whenever the handler directory is one; never searches PATH.

import ServiceModel

extension Reading {
    static let handlerForms = "a list of strings like [\"echo\", \"--flag\"]"
    private static let programsForms =
        "a list of programs with their arguments, like [[\"lowercase\"], [\"record\", \"--flag\"]]"

    /// The service's handler; nil when it is missing or wrong.
    mutating func handler(of top: Section, in file: String) -> HandlerCommand? {
        guard let entry = top["handler"] else {
            let start = SourcePosition(file: file, line: 1, column: 1)
            fault(start, "'handler' is missing; expected \(Self.handlerForms)")
            return nil
        }
        return command(entry.value, of: "handler", expected: Self.handlerForms)
    }

    /// The filters under a key; those that are wrong are left out.
    mutating func filters(_ key: String, of top: Section) -> [HandlerCommand] {
        programs(key, of: top, most: Service.mostFilters, called: "filters")
    }

    /// What is started for who comes, before a handler is.
    mutating func checks(of top: Section) -> Checks {
        var checks = Checks()
        checks.programs = programs("checks", of: top, most: Checks.most, called: "programs")
        read("check_timeout", of: top, into: &checks.timeout) { $0.someTime($1) }
        read("check_cache", of: top, into: &checks.cache) { $0.duration($1) }
        for key in ["check_timeout", "check_cache"] where top["checks"] == nil && layer == .service {
            guard let useless = top[key], useless.position.file == file else { continue }
            fault(useless.position, "\(quoted(key)) does nothing without 'checks'; expected both")
        }
        return checks
    }

    mutating func programs(
        _ key: String, of top: Section, most: Int, called name: String
    ) -> [HandlerCommand] {
        guard let entry = top[key] else { return [] }
        guard case .list(let elements) = entry.value.content else {
            wrongType(entry, expected: Self.programsForms)
            return []
        }
        if elements.count > most {
            fault(
                entry.value.position, "\(quoted(key)) has \(elements.count) \(name); expected at most \(most)")
        }
        return elements.compactMap { command($0, of: key, expected: Self.programsForms) }
    }

    /// A program with its arguments; nil with a fault.
    mutating func command(_ node: TOMLNode, of key: String, expected: String) -> HandlerCommand? {
        guard case .list(let elements) = node.content else {
            wrongType(node, of: key, expected: expected)
            return nil
        }
        var arguments: [String] = []
        for element in elements {
            guard case .string(let text) = element.content else {
                fault(element.position, "an element of \(quoted(key)) is \(element.kind); expected \(expected)")
                return nil
            }
            arguments.append(text)
        }
        guard let name = arguments.first else {
            fault(node.position, "\(quoted(key)) is empty; expected \(expected)")
            return nil
        }
        guard let path = programPath(name, of: key, at: elements[0].position) else { return nil }
        return HandlerCommand(path: path, arguments: arguments)
    }

    /// The path that a bare name or an absolute path means, if it can be executed. An absolute one is inside the service's
    /// root, and stays as it is; the handler directory is the machine's.
    mutating func programPath(_ name: String, of key: String, at position: SourcePosition) -> String? {
        let path: String
        var found: String?
        if name.utf8.first == UInt8(ascii: "/") {
            path = name
            found = inRoot(name)
        } else if name.utf8.contains(UInt8(ascii: "/")) || name.isEmpty || name == "." || name == ".." {
            fault(
                position,
                "\(quoted(key)) is \(quoted(name)); expected a bare name from the handler directory, or an absolute path"
            )
            return nil
        } else {
            path = joinPath(handlers, name)
            found = path
        }
        if isEnabled, let found, let problem = host.handlerProblem(found) {
            fault(placeWithRoot(position), "\(key) \(quoted(found)): \(problem); expected an executable file")
            return nil
        }
        return path
    }
}

/// A path from a directory: an absolute one stays as it is.
func joinPath(_ directory: String, _ path: String) -> String {
    if path.hasPrefix("/") || directory.isEmpty { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
}
