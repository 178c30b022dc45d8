import CLinux
import LinuxSystem
import TestSupport
import Testing

@testable import Sandbox

private func differs(_ wanted: Credentials, with privilege: Privilege = .root) -> String? {
    do throws(SandboxError) {
        try Sandbox.verify(wanted, with: privilege)
        return nil
    } catch {
        return error.description
    }
}

private let plain = Credentials(
    uid: 80001, gid: 80002, groups: [4], capabilities: .none, umask: 0o022, nice: 0, directory: "/")

struct VerificationTests {
    @Test("a later change is found, and named with both values")
    func changed() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Sandbox.enter(plain, with: .current)
                let privilege = Privilege.current
                _ = clinux_set_umask(0o002)
                guard differs(plain, with: privilege) == nil else {
                    return differs(plain, with: .ordinary) == "umask reads back as 2, expected 22" ? 0 : 1
                }
                return 2
            }
            #expect(status == 0)
        }
    }

    @Test("each field that differs is named", .enabled(if: Accounts.isRoot))
    func fields() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Sandbox.enter(plain, with: .root)
                guard differs(plain) == nil else { return 1 }
                var other = plain
                other.uid = 80009
                guard differs(other)?.hasPrefix("user reads back as [80001, 80001, 80001], expected [80009,") == true
                else { return 2 }
                other = plain
                other.gid = 0
                guard differs(other)?.hasPrefix("group reads back as [80002, ") == true else { return 3 }
                other = plain
                other.groups = []
                guard differs(other) == "groups reads back as [4], expected []" else { return 4 }
                other = plain
                other.capabilities = CapabilitySets(ambient: 1 << 10, inheritable: 0)
                guard differs(other) == "capabilities.bounding reads back as 0x0, expected 0x400" else { return 5 }
                guard differs(other, with: .ordinary) == nil else { return 6 }
                other = plain
                other.nice = 3
                guard differs(other) == "nice reads back as 0, expected 3" else { return 7 }
                return 0
            }
            #expect(status == 0)
        }
    }

    @Test("the verification fails in a process that entered nothing")
    func nothingEntered() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                differs(plain, with: .root) != nil && differs(plain, with: .ordinary) != nil ? 0 : 1
            }
            #expect(status == 0)
        }
    }
}
