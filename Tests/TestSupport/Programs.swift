// Programs for tests, made byte by byte: ELF files for x86-64 with nothing but their headers and code.
// Source: elf(5).

/// One entry of an ELF file's program header table.
package struct ProgramHeader: Hashable, Sendable {
    package var type: UInt32
    package var offset: UInt64
    package var length: UInt64

    package init(type: UInt32, offset: UInt64, length: UInt64) {
        self.type = type
        self.offset = offset
        self.length = length
    }

    package static let load: UInt32 = 1
    package static let interpreter: UInt32 = 3
}

package enum Programs {
    private static let headerSize = 64
    package static let entrySize = 56
    private static let address: UInt64 = 0x40_0000

    /// An ELF file: its header, its program header table, and the bytes after the table (`behind`).
    package static func elf(
        _ headers: [ProgramHeader], table: UInt64 = 64, entrySize: UInt16 = 56, count: UInt16? = nil,
        behind: [UInt8] = []
    ) -> [UInt8] {
        let entry = address + UInt64(headerSize + Self.entrySize * headers.count)
        var bytes: [UInt8] = [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1, 0] + [UInt8](repeating: 0, count: 8)
        bytes += number(2, 2) + number(62, 2) + number(1, 4)  // ET_EXEC, x86-64
        bytes += number(entry, 8) + number(table, 8) + number(0, 8) + number(0, 4) + number(64, 2)
        bytes += number(UInt64(entrySize), 2) + number(UInt64(count ?? UInt16(headers.count)), 2)
        bytes += number(0, 6)
        for header in headers {
            bytes += number(UInt64(header.type), 4) + number(5, 4) + number(header.offset, 8)
            bytes += number(address, 8) + number(address, 8) + number(header.length, 8) + number(header.length, 8)
            bytes += number(0x1000, 8)
        }
        return bytes + behind
    }

    /// An ELF file that names a dynamic linker.
    package static func dynamic(linker: String) -> [UInt8] {
        let path = Array(linker.utf8) + [0]
        let offset = UInt64(headerSize + 2 * entrySize)
        return elf(
            [
                ProgramHeader(type: ProgramHeader.load, offset: 0, length: offset),
                ProgramHeader(type: ProgramHeader.interpreter, offset: offset, length: UInt64(path.count)),
            ], behind: path)
    }

    /// A program that runs, needs nothing, and exits with this status.
    package static func exiting(_ status: UInt8) -> [UInt8] {
        // mov edi, status; mov eax, 60 (exit); syscall
        let code: [UInt8] = [0xbf, status, 0, 0, 0, 0xb8, 60, 0, 0, 0, 0x0f, 0x05]
        let length = UInt64(headerSize + entrySize + code.count)
        return elf([ProgramHeader(type: ProgramHeader.load, offset: 0, length: length)], behind: code)
    }

    private static func number(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (UInt64($0) * 8)) }
    }
}
