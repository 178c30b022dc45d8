// A control group for each gate. No process that a handler starts can leave it, so all of them end with their service.
// With the controllers it also bounds their number and memory.
// Source: Documentation/admin-guide/cgroup-v2.rst, cgroups(7).
package import LinuxSystem
package import ServiceModel

/// The supervisor's place in the cgroup v2 hierarchy: a directory of its own, below the group in which it was started.
package struct ControlGroups: Hashable, Sendable {
    /// The directory.
    package let directory: String
    /// The directory as /proc/PID/cgroup shows it.
    package let path: String

    /// The reason why there are no control groups.
    package struct Unavailable: Error, CustomStringConvertible {
        package let description: String
    }

    /// Why the number and the memory of a service's processes are not bounded by its group; nil when they are.
    package let withoutControllers: MissingControllers?

    /// Whether this process may move to another group, so that its present one can hand controllers down.
    package enum ClaimedGroup: Hashable, Sendable {
        /// It may, as a supervisor may that is in a group of its own.
        case ownGroup
        /// It may not: the group is another process's.
        case subgroup
    }

    /// Makes the directory, and hands down the controllers that it can.
    package init(pid: Int32, claiming claim: ClaimedGroup) throws(Unavailable) {
        do throws(SystemError) {
            let mounts = String(decoding: try Files.read("/proc/self/mountinfo", most: 1 << 20), as: UTF8.self)
            guard let mount = Self.mountPoint(in: mounts) else {
                throw SystemError("find cgroup v2", .noEntry)
            }
            let own = Self.ownPath(
                in: String(decoding: try Files.read("/proc/self/cgroup", most: 65536), as: UTF8.self))
            guard let own else { throw SystemError("read /proc/self/cgroup", .noEntry) }
            let parent = mount + (own == "/" ? "" : own)
            let namespace = try Self.pidNamespace()
            Self.removeStale(in: parent, of: namespace, startedAs: "\(pid)")
            // A directory of that name that exists was made by a process with this pid before, and has members.
            var name = "doorward.\(pid).\(namespace)"
            while Files.exists("\(parent)/\(name)") { name += ".again" }
            path = (own == "/" ? "" : own) + "/\(name)"
            directory = "\(parent)/\(name)"
            try Files.makeDirectory(directory, mode: 0o755)
            withoutControllers = Self.handDownControllers(from: parent, claiming: claim, to: directory)
        } catch {
            throw Unavailable(description: "\(error)")
        }
    }

    /// The mount point of a cgroup v2 hierarchy. Shape: proc(5), mountinfo: the type is the first field after ` - `.
    static func mountPoint(in mounts: String) -> String? {
        for line in mounts.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let dash = words.firstIndex(of: "-"), dash > 4, dash + 1 < words.count, words[dash + 1] == "cgroup2"
            else { continue }
            return String(words[4])
        }
        return nil
    }

    /// A process's group, from the line of hierarchy 0 in /proc/PID/cgroup. nil also for a group outside of the part
    /// that this process can see (`0::/../x`, cgroup_namespaces(7)): below the mount point, that path names another
    /// directory.
    static func ownPath(in text: String) -> String? {
        let path = text.split(separator: "\n").first { $0.hasPrefix("0::/") }.map { String($0.dropFirst(3)) }
        return path.flatMap { $0.split(separator: "/").contains("..") ? nil : $0 }
    }

    /// The controllers to turn on, of those that are available, as cgroup.subtree_control takes them; empty for none.
    static func wanted(of available: String) -> String {
        let there = available.split { $0 == " " || $0 == "\n" }
        return Controller.allCases.filter { there.contains(Substring($0.rawValue)) }.map { "+\($0)" }
            .joined(separator: " ")
    }

    /// Hands down the controllers. A group with members cannot do so, unless it is the root of the hierarchy
    /// (cgroup-v2.rst, "No Internal Process Constraint"): so this process moves to a group beside the gates' groups, if
    /// it may.
    ///
    /// - Returns: what was not handed down, and why; nil when everything was.
    private static func handDownControllers(
        from parent: String, claiming claim: ClaimedGroup, to directory: String
    ) -> MissingControllers? {
        do throws(SystemError) {
            let available = String(decoding: try Files.read(parent + "/cgroup.controllers", most: 4096), as: UTF8.self)
            let wanted = wanted(of: available)
            let missing = Controller.allCases.filter { !wanted.contains("+\($0)") }
            if wanted.isEmpty { return .absent(missing) }
            do throws(SystemError) {
                try write(wanted, to: parent + "/cgroup.subtree_control")
            } catch  where error.errno == .busy && claim == .ownGroup {
                let subgroup = parent + "/doorward-supervisor"
                try Files.makeDirectory(subgroup, mode: 0o755)
                try write("0", to: subgroup + "/cgroup.procs")
                try write(wanted, to: parent + "/cgroup.subtree_control")
            }
            try write(wanted, to: directory + "/cgroup.subtree_control")
            return missing.isEmpty ? nil : .absent(missing)
        } catch {
            return .refused(directory: parent, error)
        }
    }

    /// The number of this process's pid namespace: a pid means a process in one of them only. Source: proc(5),
    /// /proc/PID/ns/pid: `pid:[4026531836]`.
    private static func pidNamespace() throws(SystemError) -> String {
        String(try Files.target(ofLink: "/proc/self/ns/pid").filter(\.isNumber))
    }

    /// Removes the directories of supervisors that were killed, as far as they are empty; others cannot be removed.
    /// Leaves alone the directory of a running supervisor: one that has just started has no process in it yet. One from
    /// another pid namespace cannot be seen here, so its directory is left alone too.
    private static func removeStale(in parent: String, of namespace: String, startedAs own: String) {
        func names(_ directory: String) -> [String] {
            do throws(SystemError) {
                return try Files.names(in: directory)
            } catch {
                // Dropped on purpose: a directory that cannot be listed stays, and nothing depends on it.
                return []
            }
        }
        func isStale(_ name: String) -> Bool {
            let words = name.split(separator: ".", omittingEmptySubsequences: false)
            guard words.count >= 3, words[0] == "doorward", words[2] == namespace else { return false }
            return words[1] == own || !Files.exists("/proc/\(words[1])/stat")
        }
        for name in names(parent) where isStale(name) {
            for inner in names("\(parent)/\(name)") { _ = ControlGroup.removed("\(parent)/\(name)/\(inner)") }
            _ = ControlGroup.removed("\(parent)/\(name)")
        }
    }

    /// Makes an empty group for a gate.
    ///
    /// - Parameter name: different from the name of every other group.
    package func makeGroup(
        _ name: String, limits: Limits, checks: Checks = Checks()
    ) throws(SystemError) -> ControlGroup {
        let group = "\(directory)/\(name)"
        try Files.makeDirectory(group, mode: 0o755)
        let further = checks.programs.isEmpty ? 0 : Checks.atOnce
        for bound in Self.bounds(of: limits, checks: further) where Files.exists("\(group)/\(bound.file)") {
            do throws(SystemError) {
                try Self.write(bound.value, to: "\(group)/\(bound.file)")
            } catch {
                throw SystemError("write \(bound.file) [\(bound.setting)]", error.errno)
            }
        }
        return ControlGroup(
            directory: group, path: "\(path)/\(name)", descriptor: try Files.openDirectory(group))
    }

    /// A value for a file of a group, and the setting that asks for it.
    struct Bound: Hashable {
        let file: String
        let value: String
        let setting: String
    }

    /// The bounds of a group for these limits. The gate is one of its processes, and can start a handler for each
    /// connection, and checks, even when handlers have started as many processes as their user may have.
    static func bounds(of limits: Limits, checks: Int = 0) -> [Bound] {
        func text(_ value: UInt64?) -> String { value.map(String.init) ?? "max" }
        let processes: UInt64? =
            switch limits.processesOrStandard {
            case .unlimited: nil
            case .at(let count): UInt64(count + limits.connections + checks + 1)
            }
        let memory: UInt64? = if case .at(let bytes) = limits.totalMemory { bytes.count } else { nil }
        return [
            Bound(file: "pids.max", value: text(processes), setting: "limits.processes"),
            Bound(file: "memory.max", value: text(memory), setting: "limits.total_memory"),
            Bound(file: "memory.swap.max", value: memory == nil ? "max" : "0", setting: "limits.total_memory"),
        ]
    }

    /// Removes the directory, once it has no groups any more.
    package func remove() { _ = ControlGroup.removed(directory) }

    fileprivate static func write(_ text: String, to file: String) throws(SystemError) {
        try Files.openForWriting(file).writeAll(Array(text.utf8).span)
    }
}

extension ControlGroups {
    /// A controller that bounds what a service's group may use. The raw value is the kernel's word.
    package enum Controller: String, CaseIterable, Hashable, Sendable {
        case pids
        case memory
    }

    /// Why groups do without a controller.
    package enum MissingControllers: Hashable, Sendable, CustomStringConvertible {
        /// The hierarchy does not have these.
        case absent([Controller])
        /// The kernel hands none down from this directory.
        case refused(directory: String, SystemError)

        /// The controllers that bound nothing.
        package var controllers: [Controller] {
            switch self {
            case .absent(let controllers): controllers
            case .refused: Controller.allCases
            }
        }

        package var description: String {
            switch self {
            case .absent(Controller.allCases): "the hierarchy has neither pids nor memory"
            case .absent(let controllers):
                "the hierarchy has no \(controllers.map(\.rawValue).joined(separator: ", "))"
            case .refused(let directory, let error): "\(directory): controllers cannot be handed down: \(error)"
            }
        }
    }
}

/// The group of one gate and of everything that its handlers start.
package final class ControlGroup {
    private let directory: String
    /// The group as /proc/PID/cgroup shows it.
    package let path: String
    private let descriptor: Descriptor

    init(directory: String, path: String, descriptor: consuming Descriptor) {
        self.directory = directory
        self.path = path
        self.descriptor = descriptor
    }

    /// The directory's descriptor, for a fork into the group.
    package var number: Int32 { descriptor.number }

    /// Kills every process in it, also those that a fork is just making. Source: cgroup-v2.rst, cgroup.kill (since
    /// Linux 5.14).
    package func kill() throws(SystemError) { try ControlGroups.write("1", to: directory + "/cgroup.kill") }

    /// Removes the group when it has no members any more, and returns whether it is gone.
    package func isRemoved() -> Bool { Self.removed(directory) }

    static func removed(_ directory: String) -> Bool {
        do throws(SystemError) {
            try Files.removeDirectory(directory)
            return true
        } catch {
            return error.errno == .noEntry
        }
    }

    /// Reads back that this process is in a group.
    static func verify(_ path: String) throws(SandboxError) {
        let found: String?
        do throws(SystemError) {
            found = ControlGroups.ownPath(
                in: String(decoding: try Files.read("/proc/self/cgroup", most: 65536), as: UTF8.self))
        } catch {
            throw .failed(error)
        }
        if found != path { throw .differs(what: "control group", wanted: path, found: found ?? "none") }
    }
}
