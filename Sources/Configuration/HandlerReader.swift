// Reads the keys that name programs: `handler`, `input_filters`, `output_filters` and `checks`. Turns a program's name
// into the path that is executed. Promises an absolute path if the handler directory is one; never searches PATH.

import ServiceModel

extension Reading {
    static let handlerForms = "a list of strings like [\"echo\", \"--flag\"]"
    private static let programsForms =
        "a list of programs with their arguments, like [[\"lowercase\"], [\"record\", \"--flag\"]]"

    /// Reads a list of programs with their arguments; nil: there is no list. A faulty one is left out.
    mutating func programs(_ entry: TOMLEntry, most: Int, called name: String) -> [HandlerCommand]? {
        let key = entry.key
        guard case .list(let elements) = entry.value.content else {
            wrongType(entry, expected: Self.programsForms)
            return nil
        }
        if elements.count > most {
            fault(
                entry.value.position, "\(quoted(key)) has \(elements.count) \(name); expected at most \(most)")
        }
        return elements.compactMap { command($0, of: key, expected: Self.programsForms) }
    }

    /// Reads a program with its arguments; nil with a fault.
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

    /// The path for a bare name (in the machine's handler directory) or for an absolute path (inside the service's
    /// root), if the program can be executed; nil with a fault.
    mutating func programPath(_ name: String, of key: String, at position: SourcePosition) -> String? {
        let path: String
        var found: String?
        if name.utf8.first == UInt8(ascii: "/") {
            path = name
            found = inRoot(name)
        } else if name.utf8.contains(UInt8(ascii: "/")) || name.isEmpty || name == "." || name == ".." {
            fault(
                position,
                "\(quoted(key)) is \(quoted(name)); expected a bare name from the handler directory, or an "
                    + "absolute path")
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

/// A path, relative to a directory; an absolute one stays as it is.
func joinPath(_ directory: String, _ path: String) -> String {
    if path.hasPrefix("/") || directory.isEmpty { return path }
    return directory.hasSuffix("/") ? directory + path : "\(directory)/\(path)"
}
