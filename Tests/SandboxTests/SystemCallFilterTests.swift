import CLinux
import Sandbox
import ServiceModel
import Testing

private let severalSettings = [
    SandboxSettings(), SandboxSettings(.kill), SandboxSettings(network: [.inet, .unix]),
    SandboxSettings(.kill, network: [.inet6, .netlink]), SandboxSettings(.refuse, "+mount +kcmp +ptrace"),
    SandboxSettings(.refuse, "-open -unlink -socket"), SandboxSettings(.kill, "+unshare -connect -ioctl"),
    SandboxSettings(.refuse, "+nosuchcall -nosuchcall +read -mount"),
    SandboxSettings(.refuse, "+socket +clone +clone3 +ioctl +socketpair"),
]

private func numbers(_ names: some Sequence<String>) -> Set<UInt32> {
    Set(names.compactMap(SystemCalls.number(of:)).map { UInt32($0) })
}

struct SystemCallFilterTests {
    @Test("a service with seccomp off has no filter")
    func off() {
        #expect(SystemCallFilter(settings: SandboxSettings(.off, "+mount")) == nil)
    }

    @Test("every number is allowed or refused by the sets", arguments: severalSettings)
    func everyNumber(settings: SandboxSettings) throws {
        let filter = try FilterAnswers(settings)
        let refusal = settings.seccomp == .kill ? Answer.killProcess : Answer.notPermitted
        var names = Set(SystemCalls.standard.flatMap(\.calls))
        var judged = Set(ConditionalSystemCall.standard(network: settings.network).map(\.name))
        for change in settings.systemCalls {
            judged.remove(change.name)
            if change.effect == .allow { names.insert(change.name) } else { names.remove(change.name) }
        }
        let allowed = numbers(names)
        let left = numbers(judged)
        let x32: UInt32 = 0x4000_0000
        var wrong: [UInt32] = []
        for number in Array(0...600) + Array(x32...x32 + 600) + [x32 - 1, 1 << 31, .max, .max - 1]
        where !left.contains(number) {
            let expected = allowed.contains(number) ? Answer.allow : refusal
            for arguments in [[], [UInt64](repeating: .max, count: 6)]
            where try filter.answer(number: number, arguments) != expected {
                wrong.append(number)
            }
        }
        #expect(wrong == [])
    }

    @Test("a call of another architecture ends the process in every mode", arguments: severalSettings)
    func foreign(settings: SandboxSettings) throws {
        let filter = try FilterAnswers(settings)
        // i386, ARM, aarch64 big-endian, none, all bits.
        for architecture in [0x4000_0003, 0x4000_0028, 0x8000_00b7, 0, UInt32.max, clinux_architecture() ^ 1] {
            let survivors = try (UInt32(0)...512).filter {
                try filter.answer(number: $0, of: architecture) != Answer.killProcess
            }
            #expect(survivors == [])
        }
    }

    @Test("the program is short enough, and no jump leaves it", arguments: severalSettings)
    func size(settings: SandboxSettings) throws {
        let program = try FilterAnswers(settings).program
        #expect(program.count < 4096)
        let jumps = program.enumerated().filter { $0.element.code & 7 == 5 }
        #expect(
            jumps.allSatisfy { index, jump in
                index + 1 + Int(max(jump.jumpTrue, jump.jumpFalse)) < program.count
            })
        #expect(program.last?.code == 6)
    }

    @Test("the longest program, with every second call of the machine allowed, is right")
    func long() throws {
        let even = SystemCalls.names.filter { SystemCalls.number(of: $0)! % 2 == 0 }
        let odd = SystemCalls.names.filter { SystemCalls.number(of: $0)! % 2 == 1 }
        let filter = try FilterAnswers(.refuse, (even.map { "+" + $0 } + odd.map { "-" + $0 }).joined(separator: " "))
        #expect(filter.program.count < 4096)
        #expect(try even.filter { try !filter.allows($0) } == [])
        #expect(try odd.filter { try filter.allows($0) } == [])
    }

    @Test("the later one of two changes for one name counts")
    func order() throws {
        #expect(try FilterAnswers(.refuse, "+mount -mount").answer("mount") == Answer.notPermitted)
        #expect(try FilterAnswers(.refuse, "-mount +mount").allows("mount"))
        #expect(try FilterAnswers(.refuse, "+socket -socket").answer("socket", 2, 1, 0) == Answer.notPermitted)
        #expect(try FilterAnswers(.refuse, network: [.inet], "-socket +socket").allows("socket", 17, 3, 0))
    }
}
