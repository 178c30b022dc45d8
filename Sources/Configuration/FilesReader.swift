// Reads the keys of `[files]`: the files that a service may reach.
// Promises absolute paths without `..` and without a slash at the end, each once in its list; and, for a service that
// is enabled, that each path exists: a Landlock rule binds to the file that is there when the gate starts.

import ServiceModel

extension Reading {
    private static let fileForms = "a list of absolute paths like [\"/srv/www\"]"

    /// Reads the paths of one list, each once and without a slash at its end.
    mutating func filePaths(_ entry: TOMLEntry) -> [String]? {
        guard let texts = strings(entry, expected: Self.fileForms) else { return nil }
        var paths: [String] = []
        for (text, node) in texts {
            if let problem = filePathProblem(text) {
                fault(node.position, "\(quoted(entry.key)): \(problem)")
                continue
            }
            let path = withoutEndSlashes(text)
            guard !paths.contains(path) else {
                fault(node.position, "\(quoted(entry.key)) has \(quoted(path)) twice; expected it once")
                continue
            }
            paths.append(path)
            requirePath(path, of: entry.key, at: node.position)
        }
        return paths
    }
}

/// The reason why a text is not a path for `[files]`; nil when it is one.
private func filePathProblem(_ text: String) -> String? {
    let slash = UInt8(ascii: "/")
    if text.isEmpty { return "an empty path; expected an absolute one like \"/srv/www\"" }
    if text.utf8.first != slash {
        return "\(quoted(text)) is a relative path; expected an absolute one like \"/srv/www\""
    }
    if text.utf8.split(separator: slash).contains(where: { $0.elementsEqual("..".utf8) }) {
        return "\(quoted(text)) goes up by '..'; expected the path that it leads to"
    }
    return nil
}
