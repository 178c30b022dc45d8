// The files that a service's handlers may reach: those that every program needs to start, and those that the service's
// file names. The gate looks the paths up once, while it is still root; the rules apply to the files that they led to.
internal import CLinux
internal import LinuxSystem
package import ServiceModel

/// A path, the rights to it, and the reason.
package struct FileGrant: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The directory of a handler.
        case handler
        /// The directory of a program that starts a handler: an interpreter, the dynamic linker.
        case interpreter
        /// Files that a dynamic program loads or the C library reads.
        case libraries
        case devices
        case privateTemporary
        /// A key in `[files]`.
        case setting(String)
    }

    /// The path without symbolic links; inside the service's root, as seen from outside.
    package var path: String
    package var rights: FileRights
    package var reason: Reason
}

extension FileGrant {
    static let libraryDirectories = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"]
    static let libraryFiles = ["/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"]
    /// The programs that load dynamic programs (ld.so(8)).
    static let linkers = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1"]
    static let readableDevices = ["/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
    /// How many interpreters of interpreters the kernel follows (fs/exec.c).
    private static let mostInterpreters = 5

    /// The grants of a service.
    ///
    /// Errors: a path that the service's file names does not exist.
    package static func all(for service: Service, in root: borrowing ServiceRoot) throws(SandboxError) -> [FileGrant] {
        var grants: [FileGrant] = []
        func add(_ path: String, _ rights: FileRights, _ reason: Reason) {
            if let index = grants.firstIndex(where: { $0.path == path && $0.reason == reason }) {
                grants[index].rights.formUnion(rights)
            } else {
                grants.append(FileGrant(path: path, rights: rights, reason: reason))
            }
        }
        let top = try root.existing("/", "root")
        var needsLibraries = false
        for program in service.programs {
            let command = program.command
            var path =
                command.isBare
                ? try root.outside(command.path, program.key) : try root.existing(command.path, program.key)
            var reason = Reason.handler
            for _ in 0..<mostInterpreters {
                // Grants the directory and not the file, so that a replaced handler serves the next connection. Neither
                // / nor the service's root, which would be every file.
                let parent = parentDirectory(of: path)
                add(parent == "/" || parent == top ? path : parent, [.execute, .read], reason)
                let format = try format(of: path, program.key)
                if format != .selfContained { needsLibraries = true }
                if case .script = format, command.isBare, root.path != nil, reason == .handler {
                    throw .impossible(
                        "\(program.key) '\(command.path)' is a script outside the service's root, "
                            + "where its interpreter cannot find it; "
                            + "expected a program, or the script's path inside the root [root]")
                }
                let next: String
                switch format {
                case .selfContained, .unknown: next = ""
                case .dynamic(let linker): next = linker
                case .script(let interpreter): next = interpreter
                }
                if next.isEmpty { break }
                path = try root.existing(next, "\(program.key) '\(command.path)' needs")
                reason = .interpreter
            }
        }
        // A program that may be executed must be able to start.
        if !service.sandbox.files.execute.isEmpty {
            needsLibraries = true
            for path in linkers {
                if let found = try root.found(path) {
                    add(parentDirectory(of: found), [.execute, .read], .interpreter)
                }
            }
        }
        for path in needsLibraries ? libraryDirectories + libraryFiles : [] {
            if let found = try root.found(path) { add(found, [.read, .list], .libraries) }
        }
        if let null = try root.found("/dev/null") { add(null, [.read, .write], .devices) }
        // The kernel copies each rule for each connection. A program that needs no library has getrandom, and needs no
        // device.
        for path in needsLibraries ? readableDevices : [] {
            if let found = try root.found(path) { add(found, .read, .devices) }
        }
        for (key, paths, rights) in listed(service.sandbox.files) {
            for path in paths { add(try root.existing(path, "files.\(key)"), rights, .setting("files.\(key)")) }
        }
        try refuseChangeable(in: grants, of: service)
        return grants
    }

    /// Refuses a grant of a path where the service may change names. A service can replace what it may change by a link
    /// to any file, and the next gate would grant that file. So no granted path may stand there: neither as the file
    /// spells it, which a link cannot change, nor as it was found.
    private static func refuseChangeable(in grants: [FileGrant], of service: Service) throws(SandboxError) {
        let files = service.sandbox.files
        let programs = service.programs.map(\.command.path)
        let spelled = files.read + files.write + files.execute + programs
        let found = grants.filter { $0.reason != .devices }.map(\.path)
        let changeable = files.write + grants.filter { $0.rights.contains(.change) }.map(\.path)
        for path in spelled + found {
            for place in changeable where path.utf8.starts(with: (place == "/" ? "/" : place + "/").utf8) && path != "/"
            {
                throw .impossible(
                    "'\(path)' is below '\(place)', which the service may change, "
                        + "and so could be made to mean anything; "
                        + "expected it elsewhere, or not at all: what may be changed may be read [files.write]")
            }
        }
    }

    private static func listed(_ files: FileLists) -> [(String, [String], FileRights)] {
        [
            ("read", files.read, [.read, .list]), ("write", files.write, [.read, .list, .write, .change]),
            ("execute", files.execute, [.read, .list, .execute]),
        ]
    }

    /// The grants of a service with a /tmp of its own for that directory.
    package static let ofPrivateTemporary = ["/tmp", "/var/tmp"].map(privateTemporary)

    /// The grant of one directory of a service's own /tmp.
    static func privateTemporary(_ path: String) -> FileGrant {
        FileGrant(path: path, rights: [.read, .list, .write, .change], reason: .privateTemporary)
    }

    private static func format(of path: String, _ what: String) throws(SandboxError) -> ProgramFormat {
        do throws(SystemError) {
            return ProgramFormat(head: try Files.head(of: path, length: ProgramFormat.headLength))
        } catch  where error.errno == .access {
            // The file can be executed, but this process is not root and cannot read it. What it needs is unknown.
            return .unknown
        } catch {
            throw .unusable(what: what, path: path, error)
        }
    }
}
