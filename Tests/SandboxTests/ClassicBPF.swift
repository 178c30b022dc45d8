// A second implementation of what a filter's program does: classic BPF as the kernel runs it for seccomp.
// Source: seccomp(2); Documentation/networking/filter.rst; kernel/seccomp.c, seccomp_check_filter().
import Sandbox

/// What the kernel passes to a filter: struct seccomp_data.
struct SystemCallData {
    var number: UInt32
    var architecture: UInt32
    var arguments: [UInt64] = []

    /// The 32 bits at an offset, as on a little-endian machine.
    func word(at offset: UInt32) -> UInt32? {
        switch offset {
        case 0: number
        case 4: architecture
        case 8, 12: 0
        case 16..<64 where offset % 4 == 0:
            argument(Int(offset - 16) / 8, upper: offset % 8 == 4)
        default: nil
        }
    }

    private func argument(_ index: Int, upper: Bool) -> UInt32 {
        guard index < arguments.count else { return 0 }
        return UInt32(truncatingIfNeeded: upper ? arguments[index] >> 32 : arguments[index])
    }
}

enum BPFFault: Error { case unknownCode(UInt16), badOffset, ranOff }

/// The program's answer. Every jump is forward, so this ends.
func run(_ program: [SystemCallFilter.Instruction], on data: SystemCallData) throws(BPFFault) -> UInt32 {
    var accumulator: UInt32 = 0
    var at = 0
    while at < program.count {
        let instruction = program[at]
        at += 1
        func jump(_ isTrue: Bool) { at += Int(isTrue ? instruction.jumpTrue : instruction.jumpFalse) }
        switch instruction.code {
        case 0x20:
            guard let word = data.word(at: instruction.operand) else { throw .badOffset }
            accumulator = word
        case 0x54: accumulator &= instruction.operand
        case 0x15: jump(accumulator == instruction.operand)
        case 0x25: jump(accumulator > instruction.operand)
        case 0x35: jump(accumulator >= instruction.operand)
        case 0x06: return instruction.operand
        default: throw .unknownCode(instruction.code)
        }
    }
    throw .ranOff
}
