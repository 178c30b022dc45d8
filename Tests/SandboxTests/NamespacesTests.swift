import Addresses
import CLinux
import LinuxSystem
import ServiceModel
import TestSupport
import Testing

@testable import Sandbox

// Each test enters its namespaces in a forked child of an exit test: a process cannot return from them.

private func size(_ mebibytes: UInt64) -> Bytes { .mebibytes(mebibytes) }

/// The names of this process's network interfaces. Source: proc(5), /proc/net/dev: two lines of heading.
private func interfaces() throws(SystemError) -> [String] {
    let lines = text(try Files.read("/proc/self/net/dev", most: 1 << 20)).split(separator: "\n").dropFirst(2)
    return lines.map { String($0.drop { $0 == " " }.prefix { $0 != ":" }) }
}

private func connectProblem(_ address: ListenAddress) -> Errno? {
    do throws(SystemError) {
        _ = try connected(to: address)
        return nil
    } catch {
        return error.errno
    }
}

/// Writes mebibytes until a write fails; returns the reason, or nil when none failed.
private func fill(_ path: String, mebibytes: Int) throws(SystemError) -> Errno? {
    let file = try createdFile(path)
    let bytes = [UInt8](repeating: 7, count: 1 << 20)
    do throws(SystemError) {
        for _ in 0..<mebibytes { try file.writeAll(bytes.span) }
        return nil
    } catch {
        return error.errno
    }
}

private func createdFile(_ path: String) throws(SystemError) -> Descriptor {
    Descriptor(owning: try retrying("create") { unsafe clinux_create_exclusive(path, 0o755) })
}

@Suite(.enabled(if: Accounts.isRoot))
struct NamespacesTests {
    @Test("an empty network has a loopback that is down, and none of the machine's listeners")
    func emptyNetwork() async {
        await #expect(processExitsWith: .success) {
            let listener = try Listener(
                try #require(ListenAddress("127.0.0.1:0")), options: SocketOptions())
            let address = listener.bound
            #expect(connectProblem(address) == nil)
            let network = try EmptyNetwork()
            let number = network.descriptor.number
            let isOutside = clinux_in_network(number)
            #expect(isOutside == 0)
            for _ in 0..<2 {
                let status = try ChildProcesses.forked {
                    try EmptyNetwork.enter(number)
                    guard clinux_in_network(number) == 1 else { return 1 }
                    guard try interfaces() == ["lo"] else { return 2 }
                    // ENETUNREACH: not even 127.0.0.1 can be reached.
                    return connectProblem(address) == Errno(101) ? 0 : 3
                }
                #expect(status == 0)
            }
            #expect(connectProblem(address) == nil)
        }
    }

    @Test("making an empty network changes nothing in this process, and leaves no process")
    func making() async {
        await #expect(processExitsWith: .success) {
            let before = (try interfaces(), try openDescriptors())
            do {
                let network = try EmptyNetwork()
                #expect(isCloseOnExec(network.descriptor.number))
                let found = try interfaces()
                #expect(found == before.0)
            }
            #expect(ChildProcesses.areGone)
            let after = try openDescriptors()
            #expect(after == before.1)
        }
    }

    @Test("a descriptor of another kind than a network namespace is not entered")
    func noNamespace() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                let null = try Startup.openNull()
                do throws(SandboxError) {
                    try EmptyNetwork.enter(null.number)
                    return 1
                } catch {
                    return error == .failed(SystemError("enter the empty network namespace [network]", .invalid))
                        ? 0 : 2
                }
            }
            #expect(status == 0)
        }
    }

    @Test("a /tmp of its own is empty and the same as /var/tmp; neither shows the machine's files, nor the reverse")
    func temporary() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let name = "doorward-test-\(Processes.ownPID)"
            let ends = try streamEnds()
            let pid = try Processes.fork()
            if pid == 0 {
                do {
                    try Mounts.enter(try ServiceRoot(nil))
                    let places = try Mounts.addTemporary(size(1))
                    guard places == ["/tmp", "/var/tmp"], !Files.exists(directory.path) else { Processes.exit(1) }
                    for place in places {
                        guard try Files.names(in: place).isEmpty else { Processes.exit(2) }
                        guard try TemporaryDirectory.mode(of: place) == 0o1777 else { Processes.exit(3) }
                    }
                    try createdFile("/tmp/\(name)").writeAll([1].span)
                    guard try Files.names(in: "/var/tmp") == [name] else { Processes.exit(4) }
                    try ends.far.writeAll([1].span)
                    _ = try readOnce(ends.far)
                    Processes.exit(0)
                } catch {
                    Processes.exit(99)
                }
            }
            // While the child's /tmp still exists.
            let isReady = try readOnce(ends.near)
            #expect(isReady == [1])
            #expect(!Files.exists("/tmp/\(name)"))
            #expect(!Files.exists("/var/tmp/\(name)"))
            #expect(Files.exists(directory.path))
            try ends.near.writeAll([1].span)
            #expect(ChildProcesses.status(of: pid) == 0)
        }
    }

    @Test("a /tmp of its own is bounded in bytes and in files, and no file in it can be executed")
    func bounds() async {
        await #expect(processExitsWith: .success) {
            let status = try ChildProcesses.forked {
                try Mounts.enter(try ServiceRoot(nil))
                _ = try Mounts.addTemporary(size(2))
                let full = Errno(28)
                guard try fill("/tmp/large", mebibytes: 3) == full else { return 1 }
                try Files.remove("/tmp/large")
                guard try fill("/tmp/fits", mebibytes: 1) == nil else { return 2 }
                var count = 0
                do throws(SystemError) {
                    while count < 10000 {
                        _ = try createdFile("/var/tmp/\(count)")
                        count += 1
                    }
                    return 3
                } catch {
                    // 2 MiB / 4 KiB + 16, less the directory itself and the file that exists.
                    guard error.errno == full, count == 512 + 16 - 2 else { return 4 }
                }
                return FileAct.execute.problem(at: "/tmp/0", in: "/tmp") == .access ? 0 : 5
            }
            #expect(status == 0)
        }
    }

    @Test("a root without /var/tmp has only /tmp, and a root without /tmp is an error")
    func temporaryInRoot() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("with/tmp")
            try directory.makeDirectory("without")
            let status = try ChildProcesses.forked {
                try Mounts.enter(try ServiceRoot("\(directory.path)/with"))
                return try Mounts.addTemporary(size(1)) == ["/tmp"] ? 0 : 1
            }
            #expect(status == 0)
            let second = try ChildProcesses.forked {
                try Mounts.enter(try ServiceRoot("\(directory.path)/without"))
                do throws(SandboxError) {
                    _ = try Mounts.addTemporary(size(1))
                    return 1
                } catch {
                    return error == .failed(SystemError("mount /tmp [private_tmp]", .noEntry)) ? 0 : 2
                }
            }
            #expect(second == 0)
        }
    }

    @Test("a service cannot leave its root: by no path, by no .., by no second root")
    func root() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            let root = try directory.makeDirectory("root/inner")
            let top = String(root.dropLast("/inner".count))
            try directory.write("root/inside", "inside")
            let outside = try directory.write("outside", "outside")
            makeLink("\(top)/link", to: outside)
            makeLink("\(top)/up", to: "../outside")
            let status = try ChildProcesses.forked {
                try Mounts.enter(try ServiceRoot(top))
                guard try Files.names(in: "/") == ["inner", "inside", "link", "up"] else { return 1 }
                guard try Files.currentDirectory() == "/" else { return 2 }
                let paths = [
                    outside, "/../outside", "../outside", "/inner/../../outside", "/link", "/up", "/etc", "/proc",
                ]
                for path in paths where Files.lookupProblem(path) != .noEntry { return 3 }
                // The classic way out of chroot(2): a root below the directory that this process is in.
                guard RootActs.changeRoot("/inner") else { return 4 }
                for _ in 0..<64 { RootActs.changeDirectory("..") }
                guard Files.exists("inside"), !Files.exists("outside"), !Files.exists("etc") else { return 5 }
                _ = RootActs.changeRoot(".")
                return Files.exists("/inside") && !Files.exists("/etc") ? 0 : 6
            }
            #expect(status == 0)
            // This process's root has not changed.
            #expect(Files.exists(outside))
        }
    }

    @Test("a root that is a symbolic link is the directory that it leads to")
    func linkedRoot() async {
        await #expect(processExitsWith: .success) {
            let directory = try TemporaryDirectory()
            try directory.makeDirectory("root/here")
            makeLink("\(directory.path)/link", to: "root")
            let status = try ChildProcesses.forked {
                try Mounts.enter(try ServiceRoot("\(directory.path)/link"))
                return try Files.names(in: "/") == ["here"] ? 0 : 1
            }
            #expect(status == 0)
        }
    }

    @Test("a service's mounts are not visible outside, and its root leaves nothing behind")
    func mountsStay() async {
        await #expect(processExitsWith: .success) {
            func mounts() throws -> Int {
                text(try Files.read("/proc/self/mountinfo", most: 1 << 20)).split(separator: "\n").count
            }
            let directory = try TemporaryDirectory()
            let before = try mounts()
            let status = try ChildProcesses.forked {
                try Mounts.enter(try ServiceRoot(directory.path))
                return 0
            }
            #expect(status == 0)
            let after = try mounts()
            #expect(before == after)
        }
    }
}
