// What a program needs before its first instruction, derived from its first bytes.
// Pure and total: any bytes have a format. Sources: elf(5), execve(2) on interpreter scripts, linux/binfmts.h.

/// How the kernel starts a file.
package enum ProgramFormat: Hashable, Sendable {
    /// An ELF file that needs no other file.
    case selfContained
    /// An ELF file that the dynamic linker at this path loads.
    case dynamic(linker: String)
    /// A text that begins with `#!` and the path of a program.
    case script(interpreter: String)
    /// None of these, or unknown from these bytes.
    case unknown

    /// How many bytes tell the format: today's linkers write all of it into the first page.
    package static let headLength = 4096

    package init(head: [UInt8]) {
        if head.starts(with: [0x23, 0x21]) {
            self = Self.script(head)
        } else if head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) {
            self = Self.elf64(head)
        } else {
            self = .unknown
        }
    }

    /// Whether the kernel tries to start a file that begins so, without further configuration. Source: execve(2).
    package static func isForKernel(_ head: [UInt8]) -> Bool {
        head.starts(with: [0x23, 0x21]) || head.starts(with: [0x7f, 0x45, 0x4c, 0x46])
    }

    private static func script(_ head: [UInt8]) -> ProgramFormat {
        let line = head.dropFirst(2).prefix { $0 != 0x0a }
        let word = line.drop { $0 == 0x20 || $0 == 0x09 }.prefix { $0 != 0x20 && $0 != 0x09 && $0 != 0 }
        guard word.first == UInt8(ascii: "/") else { return .unknown }
        return .script(interpreter: String(decoding: word, as: UTF8.self))
    }

    /// Little-endian, 64 bits: e_phoff at 32, e_phentsize at 54, e_phnum at 56; in a program header p_type at 0,
    /// p_offset at 8, p_filesz at 32.
    private static func elf64(_ head: [UInt8]) -> ProgramFormat {
        guard let table = number(head, at: 32, bytes: 8), let size = number(head, at: 54, bytes: 2),
            let count = number(head, at: 56, bytes: 2), size >= 56
        else { return .unknown }
        for index in 0..<count {
            let (start, overflowed) = table.addingReportingOverflow(index * size)
            guard !overflowed, let type = number(head, at: start, bytes: 4),
                let offset = number(head, at: start + 8, bytes: 8), let length = number(head, at: start + 32, bytes: 8)
            else { return .unknown }
            let isInterpreter = type == 3  // PT_INTERP
            guard isInterpreter else { continue }
            guard offset <= head.count, length <= head.count - offset else { return .unknown }
            let path = head[offset..<offset + length].prefix { $0 != 0 }
            guard path.first == UInt8(ascii: "/") else { return .unknown }
            return .dynamic(linker: String(decoding: path, as: UTF8.self))
        }
        return .selfContained
    }

    /// A little-endian number; nil when it is outside the bytes or does not fit.
    private static func number(_ bytes: [UInt8], at offset: Int, bytes count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count, count <= bytes.count - offset else { return nil }
        let value = bytes[offset..<offset + count].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return value < 1 << 48 ? Int(value) : nil
    }
}
