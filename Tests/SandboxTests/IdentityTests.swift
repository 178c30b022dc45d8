import CLinux
import LinuxSystem
import TestSupport
import Testing

@testable import Sandbox

// Each test takes its identity in a forked child, which has one thread as a gate has, of an exit test.

/// The number of the first field that differs, or 0.
private func same(_ found: ProcessFacts, _ wanted: Credentials) -> Int32 {
    let sets = found.capabilities
    let checks = [
        found.users == [wanted.uid, wanted.uid, wanted.uid], found.groups == [wanted.gid, wanted.gid, wanted.gid],
        found.supplementary == wanted.groups, sets.permitted == wanted.capabilities.ambient, sets.effective == 0,
        sets.inheritable == wanted.capabilities.inheritable, sets.bounding == wanted.capabilities.bounding,
        sets.ambient == wanted.capabilities.ambient, found.hasNoNewPrivileges, found.umask == wanted.umask,
        found.nice == wanted.nice,
    ]
    return Int32((checks.firstIndex(of: false) ?? -1) + 1)
}

private func enter(_ credentials: Credentials, with privilege: Privilege = .root) throws -> Int32 {
    try ChildProcesses.forked {
        try Sandbox.enter(credentials, with: privilege)
        return same(try ProcessFacts.current(), credentials)
    }
}

/// The lines of /proc/self/status in a program that is executed with these credentials.
private func statusOfProgram(_ credentials: Credentials, with privilege: Privilege = .root) throws -> [String: String] {
    let ends = try streamEnds()
    let pid = try Processes.fork()
    if pid == 0 {
        do {
            try Sandbox.enter(credentials, with: privilege)
            execute("/bin/cat", ["cat", "/proc/self/status"], output: ends.far.number)
        } catch {
            Processes.exit(98)
        }
    }
    let output = text(try readAll(ends.takeNear()))
    guard ChildProcesses.status(of: pid) == 0 else { return [:] }
    var fields: [String: String] = [:]
    for line in output.split(separator: "\n") {
        let words = line.split { $0 == ":" || $0 == "\t" || $0 == " " }.map(String.init)
        fields[words[0]] = words.dropFirst().joined(separator: " ")
    }
    return fields
}

private func hexadecimal(_ bits: UInt64) -> String {
    let digits = String(bits, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

struct IdentityTests {
    @Test("root becomes another user, and keeps no right", .enabled(if: Accounts.isRoot))
    func identity() async {
        await #expect(processExitsWith: .success) {
            let plain = try enter(credentials())
            #expect(plain == 0)
            let rich = try enter(credentials(groups: [7, 3, 80005], umask: 0o077, nice: 7, directory: "/tmp"))
            #expect(rich == 0)
        }
    }

    @Test(
        "the capability sets are those of the text, for another uid and for uid 0", .enabled(if: Accounts.isRoot),
        arguments: [
            "", "^cap_net_bind_service", "%cap_net_bind_service", "^cap_net_bind_service,%cap_net_raw", "!cap_net_raw",
            "^cap_setuid,^cap_setgid,^cap_setpcap,^cap_sys_admin",
        ])
    func sets(text: String) async {
        await #expect(processExitsWith: .success) { [text] in
            for uid in [UInt32(80001), 0] {
                let status = try enter(credentials(uid: uid, gid: uid, text))
                #expect(status == 0)
            }
        }
    }

    @Test(
        "a handler has only the listed capabilities after exec, also as uid 0", .enabled(if: Accounts.isRoot),
        arguments: ["", "^cap_net_bind_service", "%cap_net_bind_service"])
    func program(text: String) async {
        await #expect(processExitsWith: .success) { [text] in
            for uid in [UInt32(80001), 0] {
                let wanted = try credentials(uid: uid, gid: uid, groups: [5], text)
                let status = try statusOfProgram(wanted)
                let (ambient, inheritable) = (wanted.capabilities.ambient, wanted.capabilities.inheritable)
                #expect(status["CapPrm"] == hexadecimal(ambient))
                #expect(status["CapEff"] == hexadecimal(ambient))
                #expect(status["CapInh"] == hexadecimal(inheritable))
                #expect(status["CapBnd"] == hexadecimal(inheritable))
                #expect(status["CapAmb"] == hexadecimal(ambient))
                #expect(status["NoNewPrivs"] == "1")
                #expect(status["Uid"] == "\(uid) \(uid) \(uid) \(uid)")
                #expect(status["Gid"] == "\(uid) \(uid) \(uid) \(uid)")
                #expect(status["Groups"] == "5")
                #expect(status["Umask"] == "0022")
            }
        }
    }

    @Test("a process cannot become root again", .enabled(if: Accounts.isRoot))
    func noWayBack() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Sandbox.enter(try credentials(), with: .root)
                if clinux_set_users(0) == 0 { return 1 }
                if unsafe clinux_set_groups(0, [], 0) == 0 { return 2 }
                do {
                    _ = try Files.read("/etc/shadow", most: 1 << 20)
                    return 3
                } catch {
                    return 0
                }
            }
            #expect(status == 0)
        }
    }

    @Test("an ordinary user stays the same, and gives up all capabilities and new privileges")
    func ordinary() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                let before = try ProcessFacts.current()
                let wanted = try credentials("^cap_net_bind_service", umask: 0o027, directory: "/tmp")
                try Sandbox.enter(wanted, with: .ordinary)
                let found = try ProcessFacts.current()
                guard found.users == before.users, found.groups == before.groups else { return 1 }
                guard found.supplementary == before.supplementary else { return 2 }
                let sets = found.capabilities
                guard sets.permitted == 0, sets.effective == 0, sets.inheritable == 0, sets.ambient == 0 else {
                    return 3
                }
                guard found.hasNoNewPrivileges, found.umask == 0o027 else { return 4 }
                return try Files.currentDirectory() == "/tmp" ? 0 : 5
            }
            #expect(status == 0)
        }
    }

    @Test("a directory that the service's user may not enter is a failure", .enabled(if: Accounts.isRoot))
    func directory() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let status = try ChildProcesses.forked {
                let wanted = try credentials(directory: directory.path)
                do throws(SandboxError) {
                    try Sandbox.enter(wanted, with: .root)
                    return 1
                } catch {
                    return error == .failed(SystemError("change directory [directory]", .access)) ? 0 : 2
                }
            }
            #expect(status == 0)
        }
    }

    @Test(
        "without root a priority that cannot be set leaves the present one",
        .enabled(if: !Accounts.isRoot))
    func nice() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                let wanted = try credentials(nice: -5)
                let before = try ProcessFacts.current().nice
                try Sandbox.enter(wanted, with: .ordinary)
                return try ProcessFacts.current().nice == before ? 0 : 1
            }
            #expect(status == 0)
        }
    }
}
