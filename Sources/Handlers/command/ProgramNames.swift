// The commands of a directory: each executable regular file in it is a command with the name of the file.
// Promises that names have only letters, digits, `-` and `_`, as for run-parts(8): so no backup copy, no hidden file
// and no path is a command, and no byte that the peer sent is ever part of a path. No file replaces a built-in command.
internal import CHandler
import HandlerKit

/// A name of at most 32 bytes.
struct ProgramName {
    static let longest = 32

    private var storage = InlineArray<32, UInt8>(repeating: 0)
    private var count = 0

    /// No name.
    init() {}

    /// Nil if this may not be the name of a command.
    init?(_ name: borrowing Span<UInt8>) {
        guard name.count > 0, name.count <= Self.longest, name[0].isLetterOrDigit else { return nil }
        for index in name.indices {
            guard name[index].isLetterOrDigit || name[index] == 0x2d || name[index] == 0x5f else { return nil }
            storage[index] = name[index]
        }
        count = name.count
    }

    /// The bytes of the name.
    var bytes: Span<UInt8> {
        @_lifetime(borrow self)
        get { storage.span.extracting(0..<count) }
    }
}

/// The names of the commands of a directory, in the order of their bytes.
struct ProgramNames: ~Copyable {
    /// The most commands; further ones are left out, with a line in the log.
    static let most = 64

    private var names = InlineArray<64, ProgramName>(repeating: ProgramName())
    /// The number of commands.
    private(set) var count = 0

    /// No commands.
    init() {}

    /// - Parameters:
    ///   - path: the path of the directory.
    ///   - isTaken: returns whether a name is that of a built-in command.
    init(directory path: StaticBytes, isTaken: (borrowing Span<UInt8>) -> Bool) throws(FileError) {
        let directory = try OpenFile(directory: path)
        var buffer = ReadBuffer()
        while buffer.readEntries(of: directory.descriptor) {
            var offset = 0
            while offset < buffer.bytes.count {
                let entry = buffer.bytes.entry(at: offset)
                offset = entry.next
                guard let name = ProgramName(buffer.bytes.extracting(entry.name)), !isTaken(name.bytes),
                    directory.holdsProgram(name)
                else { continue }
                guard count < Self.most else {
                    var line = LogLine("too many commands")
                    line.add("path", path)
                    line.add("most", Self.most)
                    line.send()
                    return
                }
                insert(name)
            }
        }
    }

    /// The name with this number, from 0.
    subscript(index: Int) -> ProgramName { names[index] }

    /// The number of this name, or nil.
    func number(of name: borrowing Span<UInt8>) -> Int? {
        for index in 0..<count where names[index].bytes.isSame(as: name) { return index }
        return nil
    }

    private mutating func insert(_ name: ProgramName) {
        var index = count
        while index > 0, name.bytes.comesBefore(names[index - 1].bytes) {
            names[index] = names[index - 1]
            index -= 1
        }
        names[index] = name
        count += 1
    }
}

extension OpenFile {
    /// Whether the directory has an executable regular file with this name.
    fileprivate func holdsProgram(_ name: ProgramName) -> Bool {
        // Sound: the address and the count are those of the name.
        unsafe name.bytes.withAddress { unsafe chandler_is_program(descriptor, $0, $1) } == 1
    }
}

extension Span<UInt8> {
    /// The range of the name in the directory entry that begins here, and the place of the next entry.
    /// Source: getdents(2), struct linux_dirent64: 8 bytes inode, 8 offset, 2 length, 1 type, then the name and a NUL.
    fileprivate func entry(at offset: Int) -> (name: Range<Int>, next: Int) {
        let length = Int(self[offset + 16]) | Int(self[offset + 17]) << 8
        let start = offset + 19
        var end = start
        while self[end] != 0 { end += 1 }
        return (start..<end, offset + length)
    }

    /// Whether the bytes are the same.
    func isSame(as other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        for index in indices where self[index] != other[index] { return false }
        return true
    }

    fileprivate func comesBefore(_ other: borrowing Span<UInt8>) -> Bool {
        for index in 0..<Swift.min(count, other.count) where self[index] != other[index] {
            return self[index] < other[index]
        }
        return count < other.count
    }
}
