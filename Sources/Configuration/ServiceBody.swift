// The keys that a service file and `[defaults]` have in common.

import ServiceModel

/// What the common keys say. The values are those of a service that says nothing.
struct ServiceBody: Sendable {
    /// nil only with a fault.
    var identity: Identity?
    var access: [AccessRule] = []
    var environment: [EnvironmentVariable] = []
    var standardError: Service.StandardError = .log
    var directory = "/"
    var umask: UInt32 = 0o022
    var nice: Int32 = 0
    var limits = Limits()
    var socket = SocketOptions()
}

extension Reading {
    /// Reads every common key.
    mutating func body(of top: Section) -> ServiceBody {
        var body = ServiceBody()
        body.identity = identity(of: top)
        body.access = access(of: top)
        body.environment = environment(of: top)
        read("stderr", of: top, into: &body.standardError) { $0.standardError($1) }
        read("directory", of: top, into: &body.directory) { $0.absolutePath($1) }
        read("umask", of: top, into: &body.umask) { $0.octal($1, atMost: 0o777) }
        read("nice", of: top, into: &body.nice) { $0.integer($1, in: -20...19).map(Int32.init) }
        body.limits = limits(of: top)
        body.socket = socketOptions(of: top)
        return body
    }

    private mutating func standardError(_ entry: TOMLEntry) -> Service.StandardError? {
        let expected = Service.StandardError.allCases.map { "\"\($0.rawValue)\"" }.joined(separator: ", ")
        guard let text = string(entry, expected: "one of \(expected)") else { return nil }
        guard let known = Service.StandardError(rawValue: text) else {
            fault(entry.value.position, "\(quoted(entry.key)) is \(quoted(text)); expected one of \(expected)")
            return nil
        }
        return known
    }
}
