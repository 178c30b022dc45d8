// Puts a gate into its sandbox: once, before its first accept. Handlers inherit it.
// Promises: every step is read back from the kernel where the kernel lets it be, and a gate does not serve when one
// differs. No step is left out in silence: without root, every step that is skipped has a name.
// Facts: credentials(7), namespaces(7), landlock(7), seccomp(2), cgroups(7), each cited where it is used.
internal import CLinux
package import LinuxSystem
internal import ServiceModel

/// The reason why a gate could not enter its sandbox.
package enum SandboxError: Error, Hashable, CustomStringConvertible {
    /// The kernel refused a step.
    case failed(SystemError)
    /// The kernel took a step, but the value read back is another.
    case differs(what: String, wanted: String, found: String)
    /// A path that the service asks for cannot be used.
    case unusable(what: String, path: String, SystemError)
    /// Settings that do not go together, in a sentence.
    case impossible(String)
    /// A setting that only root can have.
    case needsRoot(setting: String)

    package var description: String {
        switch self {
        case .failed(let error): "\(error)"
        case .differs(let what, let wanted, let found): "\(what) reads back as \(found), expected \(wanted)"
        case .unusable(let what, let path, let error): "\(what) '\(path)': \(error.errno)"
        case .impossible(let sentence): sentence
        case .needsRoot(let setting): "'\(setting)' needs root"
        }
    }
}

/// A step of a gate's confinement that needs root. The raw value is its word in the log and for programs.
package enum RootStep: String, CaseIterable, Hashable, Sendable {
    case user
    case group
    case groups
    case capabilities
    case boundingSet = "bounding-set"
    case secureBits = "secure-bits"
    case lowerNice = "lower-nice"
    case networkNamespace = "network-namespace"
}

package enum Sandbox {
    /// The steps that need root, in the words of the log.
    package static let skippedWithoutRoot = RootStep.allCases.map(\.rawValue).joined(separator: ",")

    /// Puts this process into a service's sandbox, for good. A step that needs rights comes before the step that gives
    /// them up, and a step that looks paths up before the step that closes them. The filter comes last, because the
    /// steps before may need any system call.
    ///
    /// The plan's descriptor is this process's, and is closed.
    ///
    /// - Parameter internet: which sockets of the internet it may open, if its service may open any.
    /// - Returns: what each child has left to do. The descriptors in it live as long as this process.
    /// Errors: a step that the kernel refuses or does not confirm. Then this process must not serve, and must end: it
    /// may have given up some rights and still hold others.
    package static func enter(
        _ plan: SandboxPlan, internet: ConditionalSystemCall.InternetSockets = .streamsAndDatagrams
    ) throws(SandboxError) -> ChildConfinement {
        let settings = plan.service.sandbox
        if let group = plan.group { try ControlGroup.verify(group) }
        if let network = plan.emptyNetwork {
            try EmptyNetwork.enter(network)
            _ = Descriptor(owning: network)
        } else if SandboxPlan.wantsEmptyNetwork(plan.service, with: plan.privilege) {
            throw .differs(what: "network", wanted: "an empty namespace", found: "none was made")
        }
        var child = ChildConfinement()
        let root = try ServiceRoot(settings.root)
        let top = try root.existing("/", "root")
        let abi = Landlock.abi
        let isHeld = settings.landlock == .enforced
        var grants = try FileGrant.all(for: plan.service, in: root)
        let ruleset = isHeld ? try Landlock.ruleset(for: settings, granting: grants, abi: abi) : nil
        if settings.root != nil { child.handlerDirectory = try openHandlerDirectory(of: plan.service) }
        for path in try enterMounts(root, of: plan) {
            let grant = FileGrant.privateTemporary(path)
            if ruleset != nil { try Landlock.allow(grant, in: ruleset!, abi: abi) }
            grants.append(grant)
        }
        try enter(plan.credentials, with: plan.privilege)
        if ruleset != nil {
            try Landlock.enter(ruleset!, granting: grants, top: top)
            child.domain = try Landlock.childRuleset(for: settings, abi: abi).release()
            child.scopesSignals = abi.signalScope != 0
        }
        if let filter = SystemCallFilter(settings: settings, internet: internet) {
            do throws(SystemError) {
                try filter.install()
            } catch {
                throw .failed(error)
            }
            try filter.verify()
        }
        return child
    }

    /// - Returns: the paths of a /tmp of the service's own.
    private static func enterMounts(
        _ root: borrowing ServiceRoot, of plan: SandboxPlan
    ) throws(SandboxError) -> [String] {
        let settings = plan.service.sandbox
        guard settings.root != nil || settings.privateTemporary != nil else { return [] }
        guard plan.privilege == .root else {
            throw .needsRoot(setting: settings.root != nil ? "root" : "private_tmp")
        }
        try Mounts.enter(root)
        guard let size = settings.privateTemporary else { return [] }
        return try Mounts.addTemporary(size)
    }

    /// Bare handler names are names of the machine's directory, whatever the service's root is.
    private static func openHandlerDirectory(of service: Service) throws(SandboxError) -> Int32? {
        guard let bare = service.programs.map(\.command).first(where: \.isBare) else { return nil }
        let directory = parentDirectory(of: bare.path)
        return try step("open handler directory [handlers, handler]", directory) {
            unsafe clinux_open_path(-1, directory)
        }
    }
}

/// Takes one step that the kernel may refuse. With a path, the path may be the reason.
@discardableResult
func step(_ act: StaticString, _ path: String? = nil, _ call: () -> Int32) throws(SandboxError) -> Int32 {
    do throws(SystemError) {
        return try retrying(act, call)
    } catch {
        if let path { throw .unusable(what: "\(act)", path: path, error) }
        throw .failed(error)
    }
}
