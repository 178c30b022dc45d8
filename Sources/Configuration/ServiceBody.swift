// The keys that a service file and `[defaults]` have in common.

internal import Addresses
import ServiceModel

/// What the common keys say. The values are those of a service that says nothing.
struct ServiceBody: Sendable {
    /// nil only with a fault.
    var identity: Identity?
    var access: [AccessRule] = []
    var admission = AdmissionSettings()
    var environment: [EnvironmentVariable] = []
    var standardError: Service.StandardError = .log
    var directory = "/"
    var umask: UInt32 = 0o022
    var nice: Int32 = 0
    var limits = Limits()
    var socket = SocketOptions()
    var sandbox = SandboxSettings()
}

extension Reading {
    /// Reads every common key.
    mutating func body(of top: Section) -> ServiceBody {
        var body = ServiceBody()
        // First, because other keys name paths inside of it.
        readRoot(of: top)
        body.identity = identity(of: top)
        body.access = access(of: top)
        body.admission = admission(of: top)
        body.environment = environment(of: top)
        read("stderr", of: top, into: &body.standardError) { $0.choice($1) }
        read("directory", of: top, into: &body.directory) { $0.absolutePath($1) }
        read("umask", of: top, into: &body.umask) { $0.octal($1, atMost: 0o777) }
        read("nice", of: top, into: &body.nice) { $0.integer($1, in: -20...19).map(Int32.init) }
        body.limits = limits(of: top)
        body.socket = socketOptions(of: top)
        body.sandbox = sandbox(of: top)
        return body
    }
}
