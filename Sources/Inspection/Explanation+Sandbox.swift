// What the sandbox of the service lets its handlers do on this machine.
internal import HostDefinition
internal import LinuxSystem
internal import Sandbox
internal import ServiceModel

extension Explanation {
    mutating func explainSystemCalls() {
        guard service.sandbox.seccomp != .off else { return add("seccomp", "off: every system call") }
        let refusal = service.sandbox.seccomp == .kill ? "ends the process (SIGSYS)" : "fails with EPERM"
        let allowed = SystemCalls.groups(for: service.sandbox).reduce(0) { $0 + $1.calls.count }
        add("seccomp", "\(allowed) calls in the standard set, and some by their arguments; any other \(refusal)")
        for group in SystemCalls.groups(for: service.sandbox) {
            add(group.name, group.calls.joined(separator: " "), from: "")
        }
    }

    /// The calls that depend on their arguments.
    mutating func explainConditionalCalls() {
        guard let filter = SystemCallFilter(settings: service.sandbox) else { return }
        for call in ConditionalSystemCall.standard(network: service.sandbox.network) {
            add(call.name, call.meaning, from: "")
        }
        add("filter", "\(filter.program.count) instructions", from: "")
    }

    mutating func explainFiles() {
        guard service.sandbox.landlock == .enforced else { return }
        for limitation in Landlock.abi.missing { add("not held back", limitation, from: "this kernel") }
        do throws(SandboxError) {
            for grant in try FileGrant.all(for: service, in: try ServiceRoot(service.sandbox.root)) {
                add(grant.path, grant.rights.description, from: origin(of: grant.reason))
            }
            for grant in FileGrant.ofPrivateTemporary where service.sandbox.privateTemporary != nil {
                add(grant.path, "\(grant.rights), of its own", from: origin(of: grant.reason))
            }
        } catch {
            add("unusable", "\(error)", from: "")
        }
    }

    private func origin(of reason: FileGrant.Reason) -> String {
        switch reason {
        case .handler: definition.origins["handler"].map { "\($0.fileAndLine) (handler)" } ?? "handler"
        case .interpreter: "what starts the handler"
        case .libraries: "system libraries"
        case .devices: "every handler"
        case .privateTemporary: definition.origins["private_tmp"]?.fileAndLine ?? "default"
        case .setting(let key): definition.origins[key]?.fileAndLine ?? "default"
        }
    }

    mutating func explainNamespaces() {
        add("network", service.sandbox.sharesNetwork ? "this machine's" : "an empty one")
        if !Accounts.isRoot { add("not root", "skipped: \(Sandbox.skippedWithoutRoot)", from: "") }
    }
}
