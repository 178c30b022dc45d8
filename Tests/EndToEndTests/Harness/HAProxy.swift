// HAProxy from Debian's packages, in front of a test's services.
import Foundation
import Glibc

/// A running HAProxy.
final class HAProxy {
    private let process: Child
    private let socket: String

    static let isThere = access("/usr/sbin/haproxy", X_OK) == 0

    /// Starts HAProxy, and waits until its statistics socket exists.
    ///
    /// - Parameters:
    ///   - configuration: its frontends and backends.
    ///   - directory: for its files.
    ///   - prefix: the beginning of a command that starts it in another place.
    init(_ configuration: String, in directory: String, prefix: [String] = []) throws {
        socket = directory + "/haproxy.sock"
        let text = """
            global
              stats socket \(socket) level admin
            defaults
              mode tcp
              timeout connect 5s
              timeout client 10s
              timeout server 10s

            """
        let path = directory + "/haproxy.cfg"
        try (text + configuration).write(toFile: path, atomically: true, encoding: .utf8)
        process = try Child(
            prefix + ["haproxy", "-db", "-q", "-f", path], variables: ["PATH": "/usr/bin:/bin:/usr/sbin:/sbin"])
        let socket = socket
        try wait { access(socket, F_OK) == 0 }
    }

    deinit {
        kill(process.pid, SIGKILL)
        _ = process.wait()
    }

    /// HAProxy's counters, by `BACKEND/SERVER` and then by the column's name. Source: HAProxy Management Guide, 9.1 and
    /// "show stat".
    func statistics() throws -> [String: [String: String]] {
        let connection = try Client(path: socket)
        connection.send("show stat\n")
        let rows = connection.readToEnd().split(separator: "\n").map {
            $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
        }
        guard let names = rows.first, names.count > 2 else { throw HarnessError("HAProxy has no statistics") }
        var found: [String: [String: String]] = [:]
        for row in rows.dropFirst() where row.count == names.count {
            found["\(row[0])/\(row[1])"] = Dictionary(zip(names, row)) { first, _ in first }
        }
        return found
    }

    /// What the health checks say of a server: `UP`, `DOWN` and so on.
    func status(of server: String) throws -> String { try statistics()[server]?["status"] ?? "" }
}
