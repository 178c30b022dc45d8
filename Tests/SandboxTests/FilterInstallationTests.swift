import CLinux
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Sandbox

// Each filter is installed in a forked child, which has one thread as a gate has, of an exit test.

/// The result of a call, or -errno.
private func call(_ name: String, _ arguments: Int...) -> Int {
    // A name that this machine does not have fails like a name that the filter refuses.
    guard let number = SystemCalls.number(of: name) else { return -1 }
    let six = arguments + [Int](repeating: 0, count: 6 - arguments.count)
    // Sound: the tests pass only addresses that the kernel cannot reach.
    return unsafe clinux_system_call(Int(number), six)
}

/// Installs the filter as a gate does, and runs the body in that process: 0, or the number of the first false fact.
private func filtered(_ settings: SandboxSettings, _ facts: () throws -> [Bool]) throws -> Int32 {
    let filter = try #require(SystemCallFilter(settings: settings))
    return try ChildProcesses.forked {
        _ = clinux_set_no_new_privileges()
        try filter.install()
        try filter.verify()
        return Int32((try facts().firstIndex(of: false) ?? -1) + 1)
    }
}

private let refused = -1
private let absent = -38
private let noSuchOption = -92

struct FilterInstallationTests {
    @Test("a call that is not listed fails with EPERM, and a listed call works")
    func refuses() async {
        await #expect(processExitsWith: .success) {
            let status = try filtered(SandboxSettings()) {
                [
                    call("unshare", 0) == refused, call("ptrace", 0) == refused, call("keyctl", 0) == refused,
                    call("mount") == refused, call("bpf") == refused, call("io_uring_setup") == refused,
                    call("perf_event_open") == refused, call("memfd_create") == refused, call("kcmp") == refused,
                    call("clone3", 0, 0) == absent, call("clone", 0x1000_0011) == refused,
                    call("socket", 1, 1, 0) == refused, call("socket", 2, 1, 0) == refused,
                    call("ioctl", 0, 0x5412, 0) == refused, call("ioctl", 0, 0x5412 | 1 << 32, 0) == refused,
                    // Not the filter's answers: the kernel refuses bad descriptors and addresses.
                    call("ioctl", -1, 0x5401, 0) == -9, call("socketpair", 1, 1, 0, -1) == -14,
                    call("socketpair", 2, 1, 0, -1) == refused, call("openat", -100, -1, 0) == -14,
                    call("prlimit64", 0, 7, 0, 0) == 0, call("prlimit64", 1, 7, 0, 0) == refused,
                    call("getpid") == Int(Processes.ownPID), call("seccomp", 99) == -22,
                    // SO_LOCK_FILTER and TCP_DEFER_ACCEPT are absent, and SO_KEEPALIVE is there.
                    call("setsockopt", -1, 1, 44, 0, 4) == noSuchOption,
                    call("setsockopt", -1, 6, 9, 0, 4) == noSuchOption, call("setsockopt", -1, 1, 9, 0, 4) == -9,
                ]
            }
            #expect(status == 0)
        }
    }

    @Test("a socket of a named family can be opened, and no other")
    func network() async {
        await #expect(processExitsWith: .success) {
            let status = try filtered(SandboxSettings(network: [.inet])) {
                [
                    call("socket", 2, 1, 0) >= 0, call("socket", 2, 1 | 0o2004000, 6) >= 0,
                    call("socket", 2, 2, 17) >= 0,
                    call("socket", 2, 3, 1) == refused, call("socket", 2, 1, 132) == refused,
                    call("socket", 10, 1, 0) == refused, call("socket", 1, 1, 0) == refused,
                    call("socket", 16, 3, 0) == refused, call("socket", 17, 3, 0) == refused,
                ]
            }
            #expect(status == 0)
            let netlink = try filtered(SandboxSettings(network: [.netlink])) {
                [
                    call("socket", 16, 3, 0) >= 0, call("socket", 16, 3, 9) == refused,
                    call("socket", 2, 1, 0) == refused,
                ]
            }
            #expect(netlink == 0)
        }
    }

    @Test("changes work in both directions, and the verification accepts them")
    func changes() async {
        await #expect(processExitsWith: .success) {
            let changes = "+kcmp +socket +clone3 -unlinkat -getppid"
            let status = try filtered(SandboxSettings(.refuse, changes)) {
                [
                    call("kcmp", 0, 0, 255, 0, 0) != refused, call("socket", 10, 1, 0) != refused,
                    call("clone3", 0, 0) != absent, call("unlinkat", -100, -1, 0) == refused,
                    call("getppid") == refused,
                ]
            }
            #expect(status == 0)
        }
    }

    @Test("in kill mode a refused call ends the process with SIGSYS, except for sockets and clone3")
    func kills() async {
        await #expect(processExitsWith: .success) {
            for (name, argument) in [("unshare", 0), ("clone", 0x1000_0011), ("ptrace", 0)] {
                let filter = try #require(SystemCallFilter(settings: SandboxSettings(.kill)))
                let pid = try Processes.fork()
                if pid == 0 {
                    do {
                        _ = clinux_set_no_new_privileges()
                        try filter.install()
                        try filter.verify()
                        let isSoft = call("clone3", 0, 0) == absent && call("socket", 10, 1, 0) == refused
                        if isSoft { _ = call(name, argument, 1, 0) }
                    } catch {
                        print(error)
                    }
                    Processes.exit(1)
                }
                guard case .killed(let signal, _) = try Processes.waitForEnd(of: pid) else {
                    Issue.record("\(name) did not end the process")
                    continue
                }
                #expect(signal.number == 31)
            }
        }
    }

    @Test("ordinary programs run in kill mode, in a shell with pipes and files")
    func programs() async {
        await #expect(processExitsWith: .success) {
            var settings = SandboxSettings(.kill, network: [.unix])
            settings.files.write = ["/tmp"]
            let filter = try #require(SystemCallFilter(settings: settings))
            let script = """
                set -e; cd "$(mktemp -d)"; echo b > b; echo a > a; cat b a | sort | tr -d '\\n'
                mkdir d; mv a d; ln -s d e; chmod 600 b; touch b; test -r e/a; rm -r d; ls -la > /dev/null
                ulimit -n 32; nice -n 1 id -u > /dev/null; rm b e; rmdir "$PWD"; echo .
                """
            let ends = try streamEnds()
            let pid = try Processes.fork()
            if pid == 0 {
                do {
                    _ = clinux_set_no_new_privileges()
                    try filter.install()
                    execute("/bin/sh", ["sh", "-c", script], output: ends.far.number)
                } catch {
                    Processes.exit(98)
                }
            }
            let output = text(try readAll(ends.takeNear()))
            #expect(output == "ab.\n")
            #expect(ChildProcesses.status(of: pid) == 0)
        }
    }

    @Test("the verification fails in a process that has installed nothing")
    func notInstalled() async {
        await #expect(processExitsWith: .success) {
            let filter = try #require(SystemCallFilter(settings: SandboxSettings()))
            let status = try ChildProcesses.forked {
                do throws(SandboxError) {
                    try filter.verify()
                    return 1
                } catch {
                    return error == .differs(what: "seccomp", wanted: "2", found: "0") ? 0 : 2
                }
            }
            // A container with a filter of its own shows in the call instead.
            #expect(status == 0 || clinux_seccomp_mode() != 0)
        }
    }

    @Test("the verification finds a filter that refuses nothing")
    func permissive() async {
        await #expect(processExitsWith: .success) {
            let filter = try #require(SystemCallFilter(settings: SandboxSettings()))
            let status = try ChildProcesses.forked {
                _ = clinux_set_no_new_privileges()
                let everything = [clinux_instruction(code: 6, jump_true: 0, jump_false: 0, operand: 0x7fff_0000)]
                // Sound: the call uses the array only while it runs, and gets its count.
                _ = unsafe clinux_install_filter(everything, 1)
                do throws(SandboxError) {
                    try filter.verify()
                    return 1
                } catch {
                    return error == .differs(what: "refused system call", wanted: "EPERM", found: "ENOSYS") ? 0 : 2
                }
            }
            #expect(status == 0)
        }
    }

    @Test("without no_new_privs an ordinary user cannot install a filter", .enabled(if: !Accounts.isRoot))
    func noNewPrivileges() async {
        await #expect(processExitsWith: .success) {
            let filter = try #require(SystemCallFilter(settings: SandboxSettings()))
            let status = try ChildProcesses.forked {
                guard clinux_no_new_privileges() == 0 else { return 0 }
                do throws(SystemError) {
                    try filter.install()
                    return 1
                } catch {
                    return error == SystemError("install seccomp filter [seccomp]", .access) ? 0 : 2
                }
            }
            #expect(status == 0)
        }
    }
}
