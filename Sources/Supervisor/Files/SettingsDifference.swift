// What follows from the settings of the host that a reload has changed. Pure.
internal import ServiceModel

/// How another value of a setting takes effect.
enum SettingEffect: CaseIterable, Hashable {
    /// Who uses it asks for it each time: the reader of the files, or a stop.
    case atUse
    /// Another file of blocked addresses is read, and every gate starts anew.
    case blockList
    /// Every gate starts anew.
    case gates
    /// The exempt prefixes change for the bans and in the kernel.
    case exempt
    /// The kernel's filter is made or removed.
    case kernelFilter
    /// Another resolver takes over.
    case resolver
    /// It cannot change while the supervisor runs.
    case restart

    /// - Parameter key: of ``HostSettings/keys``; nil for any other.
    init?(key: String) {
        switch key {
        case "services", "handlers", "drain": self = .atUse
        case "block_list": self = .blockList
        case "source_prefix.ipv4", "source_prefix.ipv6": self = .gates
        case "exempt": self = .exempt
        case "kernel_filter": self = .kernelFilter
        case "nameservers": self = .resolver
        // The control socket is open there, and the bans and the numbers of dynamic users are in it: in another one,
        // the users of services would change.
        case "state": self = .restart
        default: return nil
        }
    }
}

/// The settings that have other values, and what follows.
struct SettingsDifference: Hashable {
    /// The keys, each with its effect. One that has none cannot change.
    let changes: [String: SettingEffect]

    init(from old: HostSettings, to new: HostSettings) {
        var changes: [String: SettingEffect] = [:]
        for key in HostSettings.keys where key.value(in: old) != key.value(in: new) {
            changes[key.name] = SettingEffect(key: key.name) ?? .restart
        }
        self.changes = changes
    }

    func has(_ effect: SettingEffect) -> Bool { changes.values.contains(effect) }

    /// The keys that need a restart of the supervisor, in order.
    var fixedKeys: [String] { changes.filter { $0.value == .restart }.keys.sorted() }
}
