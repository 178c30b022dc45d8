// Landlock: two rulesets. The gate enters a domain of the first; each child enters a domain of its own of the second.
// Source: landlock(7), landlock_create_ruleset(2), landlock_restrict_self(2).
internal import CLinux
internal import LinuxSystem
internal import ServiceModel

package enum Landlock {
    /// The ABI of the running kernel.
    package static var abi: LandlockABI { LandlockABI(version: max(Int(clinux_landlock_abi()), 0)) }

    /// The ruleset that holds the gate and all its handlers.
    static func ruleset(
        for settings: SandboxSettings, granting grants: [FileGrant], abi: LandlockABI
    ) throws(SandboxError) -> Descriptor {
        let (files, network) = (abi.files.rawValue, settings.hasInternet ? 0 : abi.network)
        let number = try step("create Landlock ruleset [landlock]") {
            clinux_landlock_ruleset(files, network, scopes(of: settings, abi: abi))
        }
        let ruleset = Descriptor(owning: number)
        for grant in grants { try allow(grant, in: ruleset, abi: abi) }
        return ruleset
    }

    /// The ruleset that each child adds. A domain of its own keeps other processes of its user from tracing it and,
    /// where the kernel can, from signalling it. It forbids nothing else that the gate's domain allows.
    static func childRuleset(for settings: SandboxSettings, abi: LandlockABI) throws(SandboxError) -> Descriptor {
        let scopes = scopes(of: settings, abi: abi)
        // A domain forbids moving files to other directories, even when its ruleset does not handle that, unless it
        // grants it. In an ABI without that right, a ruleset must still handle something: making a block device, which
        // no handler can do.
        let moving = abi.files.intersection(.refer)
        let files: LandlockFileAccess = moving == [] && scopes == 0 ? .makeBlockDevice : moving
        let number = try step("create Landlock ruleset [landlock]") {
            clinux_landlock_ruleset(files.rawValue, 0, scopes)
        }
        let ruleset = Descriptor(owning: number)
        if moving != [] {
            let top = Descriptor(owning: try step("open", "/") { unsafe clinux_open_path(-1, "/") })
            let (rules, place) = (ruleset.number, top.number)
            try step("grant", "/") { clinux_landlock_allow(rules, place, moving.rawValue) }
        }
        return ruleset
    }

    /// Enters a ruleset's domain, for good, and tries it out: no ruleset here grants the names in /, unless the service
    /// says so.
    ///
    /// - Parameter top: the present root directory, as the grants call it.
    static func enter(
        _ ruleset: borrowing Descriptor, granting grants: [FileGrant], top: String = "/"
    ) throws(SandboxError) {
        let number = ruleset.number
        try step("enter Landlock domain [landlock]") { clinux_landlock_restrict(number) }
        if grants.contains(where: { $0.path == top && $0.rights.contains(.list) }) { return }
        // A root directory that its own mode closes proves nothing; the check is then merely without effect.
        let opened = unsafe clinux_open_directory("/")
        if opened >= 0 { _ = Descriptor(owning: opened) }
        guard opened == -Errno.access.rawValue else {
            let found = opened >= 0 ? "open" : Errno(-opened).name
            throw .differs(what: "landlock", wanted: "/ closed (EACCES)", found: found)
        }
    }

    private static func scopes(of settings: SandboxSettings, abi: LandlockABI) -> UInt64 {
        abi.signalScope | (settings.network.contains(.unix) && settings.sharesNetwork ? 0 : abi.abstractScope)
    }

    /// Adds a grant to a ruleset. Looks its path up from this process's present root.
    static func allow(_ grant: FileGrant, in ruleset: borrowing Descriptor, abi: LandlockABI) throws(SandboxError) {
        let target = Descriptor(owning: try step("open", grant.path) { unsafe clinux_open_path(-1, grant.path) })
        let isDirectory = try step("stat", grant.path) { clinux_is_directory(target.number) } == 1
        let access = grant.rights.landlock(onDirectory: isDirectory, known: abi.files)
        let number = ruleset.number
        try step("grant", grant.path) { clinux_landlock_allow(number, target.number, access.rawValue) }
    }
}
