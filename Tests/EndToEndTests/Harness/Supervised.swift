// A real supervisor on files of its own, from its start to its end.
import Foundation
import Glibc
import Testing

/// A running `doorward run`.
final class Supervised {
    let directory: String
    let log: LogReader
    private let process = Process()
    private var isStopped = false

    static let build =
        ProcessInfo.processInfo.environment["DOORWARD_BUILD"] ?? FileManager.default.currentDirectoryPath + "/build"
    static var program: String { build + "/bin/doorward" }

    /// Starts the supervisor, and waits until every service is ready.
    ///
    /// - Parameters:
    ///   - services: the text of each file in services/, by name. `DIRECTORY` in a text stands for ``directory``.
    ///   - host: more lines for doorward.toml.
    ///   - files: other files in ``directory``, scripts among them: a file that begins with `#!` is executable.
    ///   - ready: how many services to wait for; nil for all of them.
    ///   - prefix: the beginning of a command that starts the supervisor, such as `nice`.
    ///   - programs: handlers in build/test, which are for tests only.
    ///   - reader: one of the other files, a script that reads the files for the supervisor in the place of
    ///     `doorward print-definitions`.
    ///   - bin: the directory of doorward and its other programs.
    init(
        services: [String: String], host: String = "", files: [String: String] = [:], ready: Int? = nil,
        prefix: [String] = [], programs: [String] = [], reader: String? = nil, bin: String = build + "/bin"
    ) throws {
        directory = try Self.makeDirectory()
        for name in programs { try Self.copy("\(Self.build)/test/\(name)", to: "\(directory)/handlers/\(name)") }
        let errors = Pipe()
        log = LogReader(errors.fileHandleForReading)
        for (name, text) in files { try write(text, to: name) }
        for (name, text) in services { try write(text, to: "services/\(name).toml") }
        // With the filter, the kernel would drop SYNs before a gate could count and log them.
        let filter = host.contains("kernel_filter") ? "" : "kernel_filter = false\n"
        let lines = "handlers = \"handlers\"\nstate = \"state\"\ndrain = \"10s\"\n\(filter)"
        try write(lines + host, to: "doorward.toml")
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        let command =
            reader.map { [bin + "/doorward-supervisor", "-", "/bin/sh", "\(directory)/\($0)"] }
            ?? [bin + "/doorward", "run", "--config", directory + "/doorward.toml"]
        process.arguments = prefix + command
        process.standardInput = FileHandle.nullDevice
        process.standardError = errors
        process.environment = ["PATH": "/usr/bin:/bin", "SECRET": "of the supervisor"]
        try process.run()
        _ = try log.wait(for: "configured")
        let expected = ready ?? services.count
        if expected > 0 { _ = try log.wait(for: "ready", count: expected) }
    }

    deinit {
        if !isStopped { for _ in 0..<3 { kill(pid, SIGTERM) } }
        process.waitUntilExit()
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// Makes a directory that any user can read, with the handlers in it: as root, services run as other users.
    private static func makeDirectory() throws -> String {
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var template = Array("\(parent)/doorward-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HarnessError("mkdtemp: errno \(errno)") }
        let path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        chmod(path, 0o755)
        let manager = FileManager.default
        try manager.createDirectory(atPath: path + "/services", withIntermediateDirectories: false)
        try manager.createDirectory(atPath: path + "/handlers", withIntermediateDirectories: false)
        // The handlers that are installed, and those of the guide.
        for folder in [build + "/libexec/doorward", build + "/guide"] {
            for name in try manager.contentsOfDirectory(atPath: folder) {
                try copy("\(folder)/\(name)", to: "\(path)/handlers/\(name)")
            }
        }
        return path
    }

    /// Copies a program, with that mode.
    static func copy(_ from: String, to path: String, mode: mode_t = 0o755) throws {
        try Data(contentsOf: URL(fileURLWithPath: from)).write(to: URL(fileURLWithPath: path))
        chmod(path, mode)
    }

    var pid: Int32 { process.processIdentifier }

    /// The process that writes the log.
    var logWriter: Int32? {
        descendants(of: pid).first {
            (try? String(contentsOfFile: "/proc/\($0)/cmdline", encoding: .utf8)) == "doorward: log\0"
        }
    }

    /// Writes a file below ``directory``, in one step.
    func write(_ text: String, to name: String) throws {
        let path = "\(directory)/\(name)"
        let parent = path.prefix(upTo: path.lastIndex(of: "/") ?? path.startIndex)
        try FileManager.default.createDirectory(atPath: String(parent), withIntermediateDirectories: true)
        let full = text.replacingOccurrences(of: "DIRECTORY", with: directory)
        try full.write(toFile: path, atomically: true, encoding: .utf8)
        chmod(path, text.hasPrefix("#!") ? 0o755 : 0o644)
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: "\(directory)/\(name)") }

    func signal(_ number: Int32) { kill(pid, number) }

    /// Sends SIGHUP, and waits for the end of the reload.
    func reload() throws {
        let before = log.all.count { $0.event == "reload" || $0.event == "reload_failed" }
        signal(SIGHUP)
        let deadline = Date(timeIntervalSinceNow: 10)
        while log.all.count(where: { $0.event == "reload" || $0.event == "reload_failed" }) == before {
            guard Date() < deadline else { throw HarnessError("no end of the reload") }
            _ = try? log.wait(for: "reload", count: before + 1, seconds: 0.2)
        }
    }

    /// The port of a service, from its last ready line.
    func port(_ service: String, listener: Int = 0) throws -> UInt16 {
        let line = try log.wait(for: "ready") { $0["service"] == service }
        let last = log.all.last { $0.event == "ready" && $0["service"] == service } ?? line
        let addresses = last.description.components(separatedBy: " listen=").dropFirst().map {
            String($0.prefix { $0 != " " })
        }
        guard let port = addresses[listener].split(separator: ":").last.flatMap({ UInt16($0) }) else {
            throw HarnessError("no port in \(last)")
        }
        return port
    }

    /// The pid of a service's gate, from its last ready line.
    func gate(_ service: String) throws -> Int32 {
        let line = log.all.last { $0.event == "ready" && $0["service"] == service }
        guard let pid = line?["pid"].flatMap({ Int32($0) }) else { throw HarnessError("no gate of \(service)") }
        return pid
    }

    /// Sends SIGTERM, waits for the supervisor's end, and returns its exit status, or 128 and the number of its signal.
    func stop() -> Int32 {
        isStopped = true
        signal(SIGTERM)
        process.waitUntilExit()
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }

    /// Waits for the supervisor's end, and returns its exit status.
    func waitForEnd() -> Int32 {
        isStopped = true
        process.waitUntilExit()
        return process.terminationStatus
    }
}

/// The pids of all descendants of a process. Source: proc(5), task/TID/children.
func descendants(of pid: Int32) -> [Int32] {
    let path = "/proc/\(pid)/task/\(pid)/children"
    let text = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
    let children = text.split(separator: " ").compactMap { Int32($0) }
    return children + children.flatMap { descendants(of: $0) }
}

/// The open descriptors of a process.
func descriptors(of pid: Int32) -> [String] {
    ((try? FileManager.default.contentsOfDirectory(atPath: "/proc/\(pid)/fd")) ?? []).sorted()
}

/// The anonymous memory of a process, in KiB. Source: proc(5), status.
func memory(of pid: Int32) throws -> Int { try kibibytes("RssAnon", of: pid) }

/// All memory of a process, with what it maps of files and shares with others, in KiB.
func residentMemory(of pid: Int32) throws -> Int { try kibibytes("VmRSS", of: pid) }

private func kibibytes(_ field: String, of pid: Int32) throws -> Int {
    let text = try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
    let line = text.split(separator: "\n").first { $0.hasPrefix(field + ":") }
    guard let count = line?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else {
        throw HarnessError("no memory of \(pid)")
    }
    return count
}

/// Whether a process exists, zombies excepted.
func isAlive(_ pid: Int32) -> Bool {
    guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else { return false }
    return !status.contains(") Z ") && !status.contains(") X ")
}

/// Whether a process ends within so many seconds. A killed process may still exist when kill(2) returns.
func ends(_ pid: Int32, seconds: Double = 10) -> Bool {
    let deadline = Date(timeIntervalSinceNow: seconds)
    while isAlive(pid) {
        if Date() >= deadline { return false }
        sched_yield()
    }
    return true
}

/// Changes a limit of a running gate, as the gate's own user. prlimit(2) refuses other users without CAP_SYS_RESOURCE,
/// which root does not have everywhere.
func setLimit(_ pid: Int32, _ limit: String) throws {
    let user =
        try String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)
        .split(separator: "\n").first { $0.hasPrefix("Uid:") }?.split(separator: "\t")[1] ?? ""
    let asUser = isRoot ? ["setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups"] : []
    let outcome = try run(asUser + ["prlimit", "--pid", "\(pid)", limit])
    #expect(outcome.status == 0, "\(outcome.error)")
}
