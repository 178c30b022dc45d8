// A machine of a test's own, for commands that change one: namespaces for mounts, processes and network, in which /etc,
// /usr/local, /srv, /var/lib and the repository's build/state are copies or empty. It ends with the commands.
import Foundation
import Glibc

/// Where a script runs as root without changing the machine of the test.
final class PrivateMachine {
    /// Everything that the script writes outside of it is gone afterwards.
    private let directory: String
    private let root: String

    static let isPossible = isRoot && access("/usr/sbin/ip", X_OK) == 0

    /// - Parameters:
    ///   - root: the repository, in which the script is run.
    ///   - programs: scripts that stand first in PATH, by name.
    init(root: String, programs: [String: String]) throws {
        self.root = root
        var template = Array("/tmp/doorward-test-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw HarnessError("mkdtemp: errno \(errno)") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        // /usr/local is in it, and services of other users have to reach their handlers there.
        chmod(directory, 0o755)
        for (name, text) in programs {
            try write(text, to: "bin/\(name)")
            chmod("\(directory)/bin/\(name)", 0o755)
        }
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    /// Writes a file that the script finds as `$own/NAME`.
    func write(_ text: String, to name: String) throws {
        let path = "\(directory)/\(name)"
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: parent, withIntermediateDirectories: true)
        try text.write(toFile: path, atomically: true, encoding: .utf8)
    }

    /// What the script has written to `$own/NAME`.
    func read(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: "\(directory)/\(name)")), as: UTF8.self)
    }

    /// Runs a script of the shell; the first command that fails ends it.
    func perform(_ script: String) throws -> Outcome {
        let setup = """
            set -e
            ip link set lo up
            cp -a /etc "$own/etc"
            mkdir -p "$own/usr/local" "$own/srv" "$own/var/lib" build/state
            for place in /etc /usr/local /srv /var/lib; do mount --bind "$own$place" "$place"; done
            mount -t tmpfs none build/state
            rm -rf /etc/doorward
            export PATH="$own/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

            """
        try write(setup + script, to: "script")
        let namespaces = ["--mount", "--net", "--pid", "--fork", "--kill-child", "--mount-proc"]
        return try run(
            ["unshare"] + namespaces + ["sh", directory + "/script"], directory: root,
            // This may be run by `make test`, and the script may call make.
            environment: ["own": directory, "MAKEFLAGS": "", "MFLAGS": "", "MAKELEVEL": ""], seconds: 120)
    }
}
