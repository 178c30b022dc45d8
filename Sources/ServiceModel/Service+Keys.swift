// Every key of a service's file, in the order of messages, `explain` and `import`.
internal import Addresses

extension Service {
    package static let keys: [Key<Service>] = [
        programKeys, identityKeys, surroundingKeys,
        Limits.keys.map { $0.inside(\.limits, table: "limits") },
        SocketOptions.keys.map { $0.inside(\.socket, table: "socket") },
        SandboxSettings.keys.map { $0.inside(\.sandbox) },
        Penalties.keys.map { $0.inside(\.admission.penalties, table: "penalties") },
        AdmissionSettings.keys.map { $0.inside(\.admission) }, sensorKeys,
    ].flatMap(\.self)

    /// The key of this name; nil when there is none.
    package static func key(_ name: String) -> Key<Service>? { keys.first { $0.name == name } }

    /// The keys of one decision. A file that sets `user` takes none of the others from `[defaults]`: groups and
    /// capabilities that were meant for one user are not another's.
    package static let identityKeys: [Key<Service>] = [
        Key("user", \.identity.user, .own(.user)),
        Key("group", \.identity.gid, .group),
        Key("groups", \.identity.groups, .groups),
        Key("capabilities", \.identity.capabilities, .own(.capabilities)),
    ]

    private static var programKeys: [Key<Service>] {
        let filters = Form.programs(most: mostFilters, called: "filters")
        let sensor = Constraint.uselessForSensor(because: "is never started")
        return [
            Key("listen", \.listen, .own(.listen), .service),
            Key("handler", \.handler, .program, .service, sensor),
            Key("input_filters", \.inputFilters, filters, .service, sensor),
            Key("output_filters", \.outputFilters, filters, .service, sensor),
            Key("enabled", \.isEnabled, .flag, .service),
        ]
    }

    private static var surroundingKeys: [Key<Service>] {
        [
            Key("access", \.access, .own(.access)),
            Key("environment", \.environment, .own(.environment)),
            Key("stderr", \.standardError),
            Key("directory", \.directory, .absolutePath),
            Key("umask", \.umask, .octal(most: 0o777)),
            Key("nice", \.nice, .count(-20...19)),
        ]
    }

    private static var sensorKeys: [Key<Service>] {
        [Key("sensor", \.admission.sensor, .duration(.moreThanZero), .service, .needsAddress)]
    }
}
