import CLinux
import ServiceModel
import Testing

@testable import Sandbox

private let here = clinux_architecture()
private let allow: UInt32 = 0x7fff_0000
private let killProcess: UInt32 = 0x8000_0000
private let permissionDenied: UInt32 = 0x0005_0001
private let notImplemented: UInt32 = 0x0005_0026

/// "+name -name" and the rest of it.
private func settings(
    _ mode: SeccompMode = .refuse, network: Set<SocketFamily> = [], _ changes: String = ""
) -> SandboxSettings {
    var settings = SandboxSettings()
    settings.seccomp = mode
    settings.network = network
    settings.systemCalls = changes.split(separator: " ").map {
        SystemCallChange($0.hasPrefix("+") ? .allow : .refuse, String($0.dropFirst()))
    }
    return settings
}

private func answer(
    _ settings: SandboxSettings, _ name: String, _ arguments: [UInt64] = []
) throws -> UInt32 {
    let filter = try #require(SystemCallFilter(settings: settings))
    let number = try #require(SystemCalls.number(of: name))
    return try run(
        filter.program, on: SystemCallData(number: UInt32(number), architecture: here, arguments: arguments))
}

private let severalSettings = [
    settings(), settings(.kill), settings(network: [.inet, .unix]), settings(.kill, network: [.inet6, .netlink]),
    settings("+mount +kcmp +ptrace"), settings("-open -unlink -socket"), settings(.kill, "+unshare -connect -ioctl"),
    settings("+nosuchcall -nosuchcall +read -mount"), settings("+socket +clone +clone3 +ioctl +socketpair"),
]

private func settings(_ changes: String) -> SandboxSettings { settings(.refuse, changes) }

private let judgedNames = ["socket", "socketpair", "clone", "clone3", "ioctl", "prlimit64", "setpriority"]

struct SystemCallFilterTests {
    @Test("no filter is made when the service has none")
    func off() {
        #expect(SystemCallFilter(settings: settings(.off)) == nil)
    }

    @Test("every number is allowed or refused as the sets say", arguments: severalSettings)
    func everyNumber(settings: SandboxSettings) throws {
        let filter = try #require(SystemCallFilter(settings: settings))
        let refusal = settings.seccomp == .kill ? killProcess : permissionDenied
        var names = Set(SystemCalls.standard.flatMap(\.calls))
        var judged = Set(judgedNames)
        for change in settings.systemCalls {
            judged.remove(change.name)
            if change.effect == .allow { names.insert(change.name) } else { names.remove(change.name) }
        }
        let allowed = Set(names.compactMap(SystemCalls.number(of:)).map { UInt32($0) })
        let left = Set(judged.compactMap(SystemCalls.number(of:)).map { UInt32($0) })
        let x32: UInt32 = 0x4000_0000
        for number in Array(0...1024) + Array(x32...x32 + 1024) + [x32 - 1, 1 << 31, .max, .max - 1] {
            guard !left.contains(number) else { continue }
            for arguments in [[], [UInt64](repeating: .max, count: 6)] {
                let found = try run(
                    filter.program,
                    on: SystemCallData(number: number, architecture: here, arguments: arguments))
                #expect(found == (allowed.contains(number) ? allow : refusal), "\(number)")
            }
        }
    }

    @Test("a call of another architecture ends the process in every mode", arguments: severalSettings)
    func foreign(settings: SandboxSettings) throws {
        let filter = try #require(SystemCallFilter(settings: settings))
        // i386, ARM, aarch64 big-endian, none, all bits.
        for architecture in [0x4000_0003, 0x4000_0028, 0x8000_00b7, 0, UInt32.max, here ^ 1] {
            for number in UInt32(0)...512 {
                let data = SystemCallData(number: number, architecture: architecture)
                #expect(try run(filter.program, on: data) == killProcess)
            }
        }
    }

    @Test("the program is short enough and no jump leaves it", arguments: severalSettings)
    func size(settings: SandboxSettings) throws {
        let program = try #require(SystemCallFilter(settings: settings)).program
        #expect(program.count < 4096)
        for (index, instruction) in program.enumerated() where instruction.code & 7 == 5 {
            #expect(index + 1 + Int(max(instruction.jumpTrue, instruction.jumpFalse)) < program.count)
        }
        #expect(program.last?.code == 6)
    }

    @Test("the program stays right when every second call of the machine is allowed")
    func long() throws {
        let even = SystemCalls.names.filter { SystemCalls.number(of: $0)! % 2 == 0 }
        let odd = SystemCalls.names.filter { SystemCalls.number(of: $0)! % 2 == 1 }
        let changes = (even.map { "+" + $0 } + odd.map { "-" + $0 }).joined(separator: " ")
        let filter = try #require(SystemCallFilter(settings: settings(changes)))
        #expect(filter.program.count < 4096)
        for name in SystemCalls.names {
            let number = UInt32(try #require(SystemCalls.number(of: name)))
            let found = try run(filter.program, on: SystemCallData(number: number, architecture: here))
            // clone3 stays as it is when it is refused once more.
            #expect(found == (number % 2 == 0 ? allow : name == "clone3" ? notImplemented : permissionDenied))
        }
    }

    private static let garbage: UInt64 = 0xdead_beef_0000_0000
    private static let stream: UInt64 = 1
    private static let datagram: UInt64 = 2
    private static let flags: UInt64 = 0o2004000

    private static let familyNumbers: [(Set<SocketFamily>, [UInt64])] = [
        ([], []), ([.unix], [1]), ([.inet], [2]), ([.inet6], [10]), ([.netlink], [16]), ([.inet, .inet6], [2, 10]),
        ([.unix, .inet, .inet6, .netlink], [1, 2, 10, 16]),
    ]

    @Test("a socket is allowed of the families that are named", arguments: familyNumbers)
    func families(network: Set<SocketFamily>, expected: [UInt64]) throws {
        for family in UInt64(0)...64 {
            for upper in [0, Self.garbage] {
                for type in [Self.stream, Self.datagram, Self.stream | Self.flags] {
                    let found = try answer(settings(network: network), "socket", [family | upper, type | upper, upper])
                    #expect(found == (expected.contains(family) ? allow : permissionDenied))
                }
            }
        }
        #expect(try answer(settings(.kill, network: network), "socket", [UInt64.max, 1, 0]) == killProcess)
    }

    @Test("of inet and inet6, only TCP and UDP", arguments: [UInt64(2), 10])
    func internet(family: UInt64) throws {
        let network: Set<SocketFamily> = [.inet, .inet6, .unix, .netlink]
        for type in UInt64(0)...15 {
            for protocolNumber in UInt64(0)...300 {
                for flags in [0, Self.flags, Self.garbage] {
                    let found = try answer(
                        settings(network: network), "socket", [family, type | flags, protocolNumber | Self.garbage])
                    let isAllowed = (type == 1 || type == 2) && [0, 6, 17].contains(protocolNumber)
                    #expect(found == (isAllowed ? allow : permissionDenied))
                }
            }
        }
        #expect(try answer(settings(network: network), "socket", [family, 1 | 0x10, 0]) == permissionDenied)
    }

    @Test("of netlink, only the routing tables; of unix, every type")
    func otherFamilies() throws {
        let network: Set<SocketFamily> = [.unix, .netlink]
        for protocolNumber in UInt64(0)...32 {
            let found = try answer(settings(network: network), "socket", [16, 3, protocolNumber | Self.garbage])
            #expect(found == (protocolNumber == 0 ? allow : permissionDenied))
        }
        for type in UInt64(0)...6 {
            #expect(try answer(settings(network: network), "socket", [1, type, 0]) == allow)
        }
    }

    @Test("socketpair is allowed for unix, whatever `network` says")
    func pairs() throws {
        for family in UInt64(0)...64 {
            for network in [Set(), Set(SocketFamily.allCases)] {
                let found = try answer(settings(network: network), "socketpair", [family | Self.garbage, 1, 0])
                #expect(found == (family == 1 ? allow : permissionDenied))
            }
        }
    }

    @Test("clone makes processes and threads, but no namespace")
    func clone() throws {
        let namespaces: Set<Int> = [17, 25, 26, 27, 28, 29, 30]
        for bit in 0..<64 {
            for rest in [17, 0x3d0f00, 0x4111, 0] as [UInt64] {
                let found = try answer(settings(), "clone", [UInt64(1) << bit | rest, 0, 0, 0, 0])
                #expect(found == (namespaces.contains(bit) ? permissionDenied : allow), "\(bit)")
            }
        }
        #expect(try answer(settings(.kill), "clone", [0x1000_0011]) == killProcess)
        #expect(try answer(settings("+clone"), "clone", [0x1000_0011]) == allow)
    }

    @Test("clone3 seems absent in every mode, so that C libraries fall back on clone")
    func cloneWithMemory() throws {
        #expect(try answer(settings(), "clone3", [1, 88]) == notImplemented)
        #expect(try answer(settings(.kill), "clone3", [1, 88]) == notImplemented)
        #expect(try answer(settings(.kill, "-clone3"), "clone3", [1, 88]) == notImplemented)
        #expect(try answer(settings("+clone3"), "clone3", [1, 88]) == allow)
    }

    @Test("ioctl cannot write into a terminal's input nor change what a terminal is")
    func terminals() throws {
        for request in UInt64(0x5400)...0x5480 {
            let found = try answer(settings(), "ioctl", [0, request | Self.garbage, 0])
            #expect(found == ([0x5412, 0x541c, 0x5423].contains(request) ? permissionDenied : allow))
        }
        #expect(try answer(settings("+ioctl"), "ioctl", [0, 0x5412]) == allow)
        #expect(try answer(settings("-ioctl"), "ioctl", [0, 0x5401]) == permissionDenied)
    }

    @Test("limits and priority can be changed of oneself only: the gate has the same user")
    func others() throws {
        #expect(try answer(settings(), "prlimit64", [Self.garbage, 7, 1, 1]) == allow)
        #expect(try answer(settings(), "prlimit64", [1, 7, 1, 1]) == permissionDenied)
        #expect(try answer(settings("+prlimit64"), "prlimit64", [1, 7, 1, 1]) == allow)
        for which in UInt64(0)...3 {
            for who in [0, 1, 0xffff_ffff] as [UInt64] {
                let found = try answer(settings(), "setpriority", [which | Self.garbage, who | Self.garbage, 5])
                #expect(found == (which < 2 && who == 0 ? allow : permissionDenied))
            }
        }
    }

    @Test("of two changes for one name the later one holds")
    func order() throws {
        #expect(try answer(settings("+mount -mount"), "mount") == permissionDenied)
        #expect(try answer(settings("-mount +mount"), "mount") == allow)
        #expect(try answer(settings("+socket -socket"), "socket", [2, 1, 0]) == permissionDenied)
        #expect(try answer(settings(.refuse, network: [.inet], "-socket +socket"), "socket", [17, 3, 0]) == allow)
    }
}
