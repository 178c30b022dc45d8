// Resource limits as the kernel counts them. Each child sets them for itself: the gate must survive what ends a handler
// (address space, processor time, file size, descriptors).
package import LinuxSystem
package import ServiceModel

/// One limit, soft and hard with the same value.
package struct ResourceLimit: Hashable, Sendable {
    /// RLIMIT_*; the numbers are Linux's generic ones, the same on x86-64 and aarch64 (asm-generic/resource.h).
    package let resource: Int32
    /// `UInt64.max` for none.
    package let value: UInt64
    /// The key in `[limits]`.
    package let key: String

    /// A sentence about the first limit that cannot be set, because it is above this process's hard limit; nil: none
    /// is.
    package static func aboveHardLimit(of limits: Limits) -> String? {
        for limit in all(of: limits) {
            do throws(SystemError) {
                let hard = try ProcessLimits.hard(limit.resource)
                if limit.value > hard {
                    return
                        "'limits.\(limit.key)' is \(limit.value), "
                        + "above the hard limit of \(hard) that Doorward was started with"
                }
            } catch {
                return "'limits.\(limit.key)' cannot be compared: \(error)"
            }
        }
        return nil
    }

    /// The limits of a service when its gate has this privilege. Without root, handlers run as the user that started
    /// Doorward. RLIMIT_NPROC counts all processes of a user, and so is set then only when the service's file says so.
    package static func all(of limits: Limits, with privilege: Privilege) -> [ResourceLimit] {
        let all = all(of: limits)
        if privilege == .root || limits.processes != nil { return all }
        return all.filter { $0.key != "processes" }
    }

    /// The limits of a service that its gate has too; the others would end it for what is right for a gate. They are
    /// what keeps a gate that was taken over from multiplying without end, and never what keeps one from its work: the
    /// kernel counts the processes of a user, so there is room for all that handlers may start, for each connection,
    /// and for those of a gate that still drains. A user that the file names may have other processes, so its number is
    /// not limited.
    package static func ofGate(_ service: Service, with privilege: Privilege) -> [ResourceLimit] {
        guard privilege == .root else { return [] }
        let programs = service.inputFilters.count + 1 + service.outputFilters.count
        let checks = service.admission.checks.programs.isEmpty ? 0 : Checks.atOnce
        let needed = UInt64(service.limits.connections * programs + checks + 1)
        return all(of: service.limits).compactMap { limit in
            switch limit.key {
            case "core": return limit
            case "processes":
                guard service.identity.user == .dynamic else { return nil }
                return ResourceLimit(resource: limit.resource, value: limit.value + 2 * needed, key: limit.key)
            default: return nil
            }
        }
    }

    /// The limits of a service for its handlers. A limit that the service leaves unlimited stays as it is.
    ///
    /// Source: setrlimit(2).
    package static func all(of limits: Limits) -> [ResourceLimit] {
        var all: [ResourceLimit] = []
        func add(_ key: String, _ resource: Int32, _ value: UInt64?) {
            if let value { all.append(ResourceLimit(resource: resource, value: value, key: key)) }
        }
        add("cpu", 0, limits.cpu.value.map { UInt64(max($0.components.seconds, 1)) })
        add("file_size", 1, limits.fileSize.value?.count)
        // 1 and not 0: with a core_pattern that starts a program, the kernel ignores 0 and obeys 1 (fs/coredump.c). No
        // core file is that small.
        add("core", 4, limits.core.value.map { max($0.count, 1) })
        add("processes", 6, limits.processesOrStandard.value.map(UInt64.init))
        add("files", 7, limits.files.value.map(UInt64.init))
        add("memory", 9, limits.memory.value?.count)
        return all
    }
}

extension Limit {
    /// nil when unlimited.
    package var value: Value? {
        switch self {
        case .unlimited: nil
        case .at(let value): value
        }
    }
}
