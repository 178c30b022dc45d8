// The seccomp filter of one service, as a program of classic BPF: the calls that gate and handlers may make.
// Promises: an allow list. A call of another architecture ends the process in every mode; a call of x32, or one that is
// not in the list, is refused. Pure: FilterInstallation.swift installs it.
// Facts: seccomp(2), linux/filter.h, linux/seccomp.h. The kernel remembers the calls that are allowed with any
// arguments and does not run the program for them (since 5.11), so their order costs nothing.
internal import CLinux
package import ServiceModel

package struct SystemCallFilter: Hashable, Sendable {
    /// One instruction of classic BPF (struct sock_filter).
    package struct Instruction: Hashable, Sendable {
        package var code: UInt16
        package var jumpTrue: UInt8 = 0
        package var jumpFalse: UInt8 = 0
        package var operand: UInt32
    }

    package let program: [Instruction]
    let mode: SeccompMode

    /// The filter of a service; nil when it has none (`seccomp = "off"`).
    ///
    /// A change with a name that this machine does not know has no effect: Configuration has refused such a name
    /// (``SystemCalls/problem(with:)``), and a change that refuses what the gate needs
    /// (``SystemCalls/refusalProblem(with:)``).
    package init?(
        settings: SandboxSettings, internet: ConditionalSystemCall.InternetSockets = .streamsAndDatagrams
    ) {
        let refusal: UInt32
        switch settings.seccomp {
        case .off: return nil
        case .refuse: refusal = Return.error | UInt32(bitPattern: notPermitted)
        case .kill: refusal = Return.killProcess
        }
        var allowed = Set(SystemCalls.groups(for: settings).flatMap(\.calls))
        var conditional = ConditionalSystemCall.standard(network: settings.network, internet: internet)
        for change in settings.systemCalls {
            // A change applies to every argument. Only `+` changes clone3, which C libraries try first.
            switch change.effect {
            case .allow: allowed.insert(change.name)
            case .refuse: allowed.remove(change.name)
            }
            if change.effect == .allow || change.name != "clone3" { conditional.removeAll { $0.name == change.name } }
        }
        program = assemble(
            allowed: allowed.compactMap(SystemCalls.number(of:)), conditional: conditional, refusal: refusal)
        mode = settings.seccomp
    }
}

private typealias Instruction = SystemCallFilter.Instruction

private let notPermitted: Int32 = 1
private let notImplemented: UInt32 = 38
private let noSuchOption: UInt32 = 92

/// What a filter returns. Source: linux/seccomp.h.
private enum Return {
    static let killProcess: UInt32 = 0x8000_0000
    static let error: UInt32 = 0x0005_0000
    static let allow: UInt32 = 0x7fff_0000
}

/// Offsets in struct seccomp_data, which a program reads in units of 32 bits.
private enum Offset {
    static let number: UInt32 = 0
    static let architecture: UInt32 = 4

    /// The lower half of an argument on a little-endian machine.
    static func argument(_ index: Int) -> UInt32 { 16 + 8 * UInt32(index) }
}

extension SystemCallFilter.Instruction {
    fileprivate static func load(_ offset: UInt32) -> Self { Self(code: 0x20, operand: offset) }

    fileprivate static func and(_ mask: UInt32) -> Self { Self(code: 0x54, operand: mask) }

    fileprivate static func answer(_ value: UInt32) -> Self { Self(code: 0x06, operand: value) }

    fileprivate static func ifEqual(_ value: UInt32, _ jumpTrue: Int, else jumpFalse: Int) -> Self {
        Self(code: 0x15, jumpTrue: UInt8(jumpTrue), jumpFalse: UInt8(jumpFalse), operand: value)
    }

    fileprivate static func ifAtLeast(_ value: UInt32, _ jumpTrue: Int, else jumpFalse: Int) -> Self {
        Self(code: 0x35, jumpTrue: UInt8(jumpTrue), jumpFalse: UInt8(jumpFalse), operand: value)
    }

    fileprivate static func ifAbove(_ value: UInt32, _ jumpTrue: Int, else jumpFalse: Int) -> Self {
        Self(code: 0x25, jumpTrue: UInt8(jumpTrue), jumpFalse: UInt8(jumpFalse), operand: value)
    }
}

/// Every jump skips one block, which always ends in an answer: so no jump is too long, however many calls there are.
private func assemble(allowed: [Int32], conditional: [ConditionalSystemCall], refusal: UInt32) -> [Instruction] {
    var program: [Instruction] = [
        .load(Offset.architecture), .ifEqual(clinux_architecture(), 1, else: 0), .answer(Return.killProcess),
        .load(Offset.number),
    ]
    for call in conditional {
        guard let number = SystemCalls.number(of: call.name) else { continue }
        let block = call.alternatives.flatMap(steps(allowingWhen:))
        let refused =
            switch call.refusal {
            case .asAny: refusal
            case .notPermitted: Return.error | UInt32(bitPattern: notPermitted)
            case .absent: Return.error | notImplemented
            case .absentOption: Return.error | noSuchOption
            }
        program.append(.ifEqual(UInt32(number), 0, else: block.count + 1))
        program += block + [.answer(refused)]
    }
    for range in ranges(of: allowed) {
        program += [
            .ifAtLeast(UInt32(range.lowerBound), 0, else: 2), .ifAbove(UInt32(range.upperBound), 1, else: 0),
            .answer(Return.allow),
        ]
    }
    return program + [.answer(refusal)]
}

/// Steps that allow when every condition holds, and otherwise continue after their own end. Built from that end on.
private func steps(allowingWhen conditions: [ArgumentCondition]) -> [Instruction] {
    var block: [Instruction] = [.answer(Return.allow)]
    for condition in conditions.reversed() {
        var test: [Instruction] = [.load(Offset.argument(condition.argument))]
        if condition.mask != .max { test.append(.and(condition.mask)) }
        for (index, value) in condition.values.enumerated() {
            let rest = condition.values.count - 1 - index
            switch condition.test {
            case .isOneOf: test.append(.ifEqual(value, rest, else: rest == 0 ? block.count : 0))
            case .isNoneOf: test.append(.ifEqual(value, rest + block.count, else: 0))
            }
        }
        block = test + block
    }
    return block
}

/// Joins numbers that follow one another into ranges.
private func ranges(of numbers: [Int32]) -> [ClosedRange<Int32>] {
    var ranges: [ClosedRange<Int32>] = []
    for number in numbers.sorted() {
        if let last = ranges.last, last.upperBound == number - 1 {
            ranges[ranges.count - 1] = last.lowerBound...number
        } else {
            ranges.append(number...number)
        }
    }
    return ranges
}
