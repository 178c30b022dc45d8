// The key `handler`, and how a handler's name becomes the path that is executed.
// Promises an absolute path whenever the handler directory is one; never searches PATH.

import ServiceModel

extension Reading {
    private static let handlerForms = "a list of strings like [\"echo\", \"--flag\"]"

    /// The service's handler; nil when it is missing or wrong.
    mutating func handler(of top: Section, in file: String) -> HandlerCommand? {
        guard let entry = top["handler"] else {
            let start = SourcePosition(file: file, line: 1, column: 1)
            fault(start, "'handler' is missing; expected \(Self.handlerForms)")
            return nil
        }
        guard let arguments = strings(entry, expected: Self.handlerForms) else { return nil }
        guard case .list(let elements) = entry.value.content, elements.count == arguments.count else { return nil }
        guard let first = arguments.first else {
            fault(entry.value.position, "'handler' is empty; expected \(Self.handlerForms)")
            return nil
        }
        guard let path = handlerPath(first.text, at: first.node.position) else { return nil }
        return HandlerCommand(path: path, arguments: arguments.map(\.text))
    }

    /// The path that a bare name or an absolute path means, if it can be executed. An absolute one is inside the service's
    /// root, and stays as it is; the handler directory is the machine's.
    mutating func handlerPath(_ name: String, at position: SourcePosition) -> String? {
        let path: String
        var found: String?
        if name.utf8.first == UInt8(ascii: "/") {
            path = name
            found = inRoot(name)
        } else if name.utf8.contains(UInt8(ascii: "/")) || name.isEmpty || name == "." || name == ".." {
            fault(
                position,
                "'handler' is \(quoted(name)); expected a bare name from the handler directory, or an absolute path")
            return nil
        } else {
            path = joinPath(handlers, name)
            found = path
        }
        if isEnabled, let found, let problem = host.handlerProblem(found) {
            fault(placeWithRoot(position), "handler \(quoted(found)): \(problem); expected an executable file")
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
