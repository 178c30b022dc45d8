// A service as an importer builds it: values under the keys of a service file, nothing looked up.

/// The keys that an importer writes, each one of `Service.keys`, whose order a file has. `environment` is separate.
enum ServiceKey: String, CaseIterable {
    case listen, handler, enabled, user, group, groups, capabilities, access, umask, nice, hours
    case maxLoad = "max_load"
    case sensor
    case connections = "limits.connections"
    case perSource = "limits.per_source"
    case rate = "limits.rate"
    case burst = "limits.burst"
    case totalRate = "limits.total_rate"
    case totalBurst = "limits.total_burst"
    case files = "limits.files"
    case memory = "limits.memory"
    case cpu = "limits.cpu"
    case backlog = "socket.backlog"
    case owner = "socket.owner"
    case socketGroup = "socket.group"
    case mode = "socket.mode"
}

/// A value in the form of a file.
enum ServiceValue: Hashable, Sendable {
    case text(String)
    case number(Int)
    /// Digits with a point between them.
    case decimal(String)
    case boolean(Bool)
    case list([String])
}

/// One service file in the making.
package struct ImportedService: Sendable {
    /// The file's name without `.toml`.
    package internal(set) var name: String
    /// Where the old configuration defines it.
    package let place: Place
    private var values: [ServiceKey: ServiceValue] = [:]
    /// Variables for the handler, in the order in which they were set. A later one replaces an earlier one of the same
    /// name.
    private(set) var environment: [(name: String, value: String)] = []

    init(name: String, place: Place) {
        self.name = name
        self.place = place
    }

    subscript(key: ServiceKey) -> ServiceValue? {
        get { values[key] }
        set { values[key] = newValue }
    }

    mutating func setVariable(_ name: String, _ value: String) {
        environment.removeAll { $0.name == name }
        environment.append((name, value))
    }

    /// Whether `doorward run` would serve it.
    var isEnabled: Bool { self[.enabled] != .boolean(false) }

    var addresses: [String] {
        if case .list(let addresses) = self[.listen] { addresses } else { [] }
    }
}
