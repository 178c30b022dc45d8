// Reads the key `root`, and maps the paths that a service names: they begin at its root when it has one.
// Promises not to look at the machine for a disabled service: its file may be older than the files that it names.

import ServiceModel

/// The directory at which a service's absolute paths begin.
enum Root: Hashable, Sendable {
    /// The machine's own `/`.
    case machine
    /// A directory, and the place of the key that names it.
    case directory(String, SourcePosition)
    /// `root` is at fault, so that paths inside of it cannot be checked.
    case unknown
}

extension Reading {
    /// Reads `root`, which decides the meaning of the paths in other keys.
    mutating func readRoot(of top: Section) {
        guard let entry = top["root"] else { return }
        root = .unknown
        guard let path = absolutePath(entry) else { return }
        // A path with a slash at its end must lead to a directory.
        if isEnabled, let problem = host.pathProblem(path) ?? host.pathProblem(path + "/") {
            fault(entry.value.position, "'root': \(quoted(path)): \(problem); expected a directory that exists")
            return
        }
        root = .directory(path, entry.position)
    }

    /// The path on the machine for an absolute path of the service; nil when it is not known.
    func inRoot(_ path: String) -> String? {
        switch root {
        case .machine: path
        case .directory(let root, _): withoutEndSlashes(root) == "/" ? path : withoutEndSlashes(root) + path
        case .unknown: nil
        }
    }

    /// The place for a fault of a path: the path's own. For a path from `[defaults]`, it is the place of the `root`
    /// with which the path does not exist.
    func placeWithRoot(_ position: SourcePosition) -> SourcePosition {
        guard case .directory(_, let root) = root else { return position }
        return ownPlace(position, root)
    }

    /// Adds a fault when a path that the service names leads to nothing.
    mutating func requirePath(_ path: String, of key: String, at position: SourcePosition) {
        guard isEnabled, let found = inRoot(path), let problem = host.pathProblem(found) else { return }
        fault(placeWithRoot(position), "\(quoted(key)): \(quoted(found)): \(problem); expected a path that exists")
    }
}

/// A path without the slashes at its end; `/` stays.
func withoutEndSlashes(_ path: String) -> String {
    var bytes = path.utf8[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes = bytes.dropLast() }
    return String(bytes) ?? path
}
