// Which files a service's handlers may reach: what every program needs to start, and what the service's file names.
// The paths are looked up once, by the gate while it is still root; the rules are on what they led to.
internal import CLinux
internal import LinuxSystem
package import ServiceModel

/// A path, what may be done there, and why.
package struct FileGrant: Hashable, Sendable {
    package enum Reason: Hashable, Sendable {
        /// The directory of a handler.
        case handler
        /// The directory of what starts a handler: an interpreter, the dynamic linker.
        case interpreter
        /// What a dynamic program loads and the C library reads.
        case libraries
        case devices
        case privateTemporary
        /// A key in `[files]`.
        case setting(String)
    }

    /// Without symbolic links, and inside the service's root as seen from outside.
    package var path: String
    package var rights: FileRights
    package var reason: Reason
}

extension FileGrant {
    static let libraryDirectories = ["/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib"]
    static let libraryFiles = ["/etc/ld.so.cache", "/etc/localtime", "/usr/share/zoneinfo"]
    /// What loads dynamic programs (ld.so(8)).
    static let linkers = ["/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1", "/lib/ld-musl-x86_64.so.1"]
    static let readableDevices = ["/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
    /// How many interpreters of interpreters the kernel follows (fs/exec.c).
    private static let mostInterpreters = 5

    /// The grants of a service.
    ///
    /// Errors: a path that the service's file names is not there.
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
            var path = command.isBare ? try root.outside(command.path) : try root.existing(command.path, program.key)
            var reason = Reason.handler
            for _ in 0..<mostInterpreters {
                // The directory and not the file: a handler that is replaced serves the next connection. Not / and not
                // the service's root, which would be everything.
                let parent = parentDirectory(of: path)
                add(parent == "/" || parent == top ? path : parent, [.execute, .read], reason)
                let format = try format(of: path)
                if format != .selfContained { needsLibraries = true }
                if case .script = format, command.isBare, root.path != nil, reason == .handler {
                    throw .impossible(
                        "\(program.key) '\(command.path)' is a script outside the service's root, where its interpreter cannot "
                            + "find it; expected a program, or the script's path inside the root [root]")
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
        // Programs that may be executed are to be able to start.
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
        // Each rule is copied for each connection: a program that needs no library has getrandom, and needs no devices.
        for path in needsLibraries ? readableDevices : [] {
            if let found = try root.found(path) { add(found, .read, .devices) }
        }
        for (key, paths, rights) in listed(service.sandbox.files) {
            for path in paths { add(try root.existing(path, "[files] \(key)"), rights, .setting("files.\(key)")) }
        }
        try refuseChangeable(in: grants, of: service)
        return grants
    }

    /// What a service may change, it may also replace by a link to anywhere, and the next gate would grant that. So nothing
    /// that is granted may stand where the service may change names: neither as the file spells it, which a link cannot
    /// change, nor in fact.
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
                    "'\(path)' is below '\(place)', which the service may change, and so could be made to mean anything; "
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

    /// What a service with a /tmp of its own is granted there.
    package static let ofPrivateTemporary = ["/tmp", "/var/tmp"].map(privateTemporary)

    /// The grant of a directory of a /tmp of the service's own.
    static func privateTemporary(_ path: String) -> FileGrant {
        FileGrant(path: path, rights: [.read, .list, .write, .change], reason: .privateTemporary)
    }

    private static func format(of path: String) throws(SandboxError) -> ProgramFormat {
        do throws(SystemError) {
            return ProgramFormat(head: try Files.head(of: path, length: ProgramFormat.headLength))
        } catch  where error.errno == .access {
            // It can be executed, but not read by us who are not root. What it needs cannot be told.
            return .unknown
        } catch {
            throw .unusable(what: "handler", path: path, error)
        }
    }
}

/// The directory that an absolute path stands in. By bytes, as the kernel reads it: to Swift, a slash with a combining
/// accent behind it is another character.
func parentDirectory(of path: String) -> String {
    guard let slash = path.utf8.lastIndex(of: UInt8(ascii: "/")), slash != path.startIndex else { return "/" }
    return String(decoding: path.utf8[..<slash], as: UTF8.self)
}
