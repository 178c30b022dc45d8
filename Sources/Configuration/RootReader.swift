// The key `root`, and with it where the paths are that a service names: below its root, when it has one.
// Promises to ask the machine nothing for a service that is not enabled: it may be there before what it needs is.

import ServiceModel

/// What a service's absolute paths begin at.
enum Root: Hashable, Sendable {
    /// The machine's own `/`.
    case machine
    /// A directory, and where the key stands that names it.
    case directory(String, SourcePosition)
    /// `root` is at fault, and what is inside of it cannot be judged.
    case unknown
}

extension Reading {
    /// Reads `root`, which decides what the paths of the other keys mean.
    mutating func readRoot(of top: Section) {
        guard let entry = top["root"] else { return }
        root = .unknown
        guard let path = absolutePath(entry) else { return }
        // With a slash behind it, it must be a directory.
        if isEnabled, let problem = host.pathProblem(path) ?? host.pathProblem(path + "/") {
            fault(entry.value.position, "'root': \(quoted(path)): \(problem); expected a directory that exists")
            return
        }
        root = .directory(path, entry.position)
    }

    /// The machine's path to what the service names by an absolute path; nil when that cannot be known.
    func inRoot(_ path: String) -> String? {
        switch root {
        case .machine: path
        case .directory(let root, _): withoutEndSlashes(root) == "/" ? path : withoutEndSlashes(root) + path
        case .unknown: nil
        }
    }

    /// The place for a fault of a path: its own, unless it comes from `[defaults]` and only this service's root makes it
    /// one.
    func placeWithRoot(_ position: SourcePosition) -> SourcePosition {
        guard case .directory(_, let root) = root else { return position }
        return ownPlace(position, root)
    }

    /// Faults when there is nothing at a path that the service names.
    mutating func requirePath(_ path: String, of key: String, at position: SourcePosition) {
        guard isEnabled, let found = inRoot(path), let problem = host.pathProblem(found) else { return }
        fault(placeWithRoot(position), "\(quoted(key)): \(quoted(found)): \(problem); expected a path that exists")
    }
}

/// A path as it is without the slashes behind it; `/` stays.
func withoutEndSlashes(_ path: String) -> String {
    var bytes = path.utf8[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
    return String(bytes) ?? path
}
