// The command who: the sessions of this machine, read from utmp itself, so that no program is started.
// Promises at most 500 lines, and no byte that a terminal would take for a control character.
// Sources: utmp(5), whose fields have fixed places; who(1) for the form of a line.
import HandlerKit

/// The places of the fields in a record of utmp.
private struct UtmpRecord {
    #if arch(x86_64)
        // The record is that of i386, with 32 bits of time.
        static let size = 384
        static let timePlace = 340..<344
    #else
        static let size = 400
        static let timePlace = 344..<352
    #endif
    static let line = 8..<40
    static let user = 44..<76
    static let userProcess: UInt8 = 7
}

extension Connection {
    /// Sends a line for each session. False: the file cannot be read.
    mutating func writeSessions(of path: StaticBytes) throws(ConnectionError) -> Bool {
        guard let file = OpenFile.orLog(file: path) else { return false }
        var buffer = ReadBuffer()
        var count = 0
        while buffer.read(from: file.descriptor, maximumCount: UtmpRecord.size),
            buffer.bytes.count == UtmpRecord.size
        {
            guard buffer.bytes[0] == UtmpRecord.userProcess, buffer.bytes[1] == 0 else { continue }
            count += 1
            guard count <= 500 else {
                try write("...\n")
                break
            }
            var text = ShortText()
            text.append(column: buffer.bytes.extracting(UtmpRecord.user))
            text.append(column: buffer.bytes.extracting(UtmpRecord.line))
            var seconds: UInt64 = 0
            for index in UtmpRecord.timePlace.reversed() { seconds = seconds << 8 | UInt64(buffer.bytes[index]) }
            LocalDate(seconds: Int64(truncatingIfNeeded: seconds)).appendDay(to: &text)
            text.append("\n")
            try write(text)
        }
        return true
    }
}

extension ShortText {
    /// Appends a name, which ends with a NUL or with its field, in at least 8 columns, and a blank.
    fileprivate mutating func append(column name: borrowing Span<UInt8>) {
        var width = 0
        while width < name.count, name[width] != 0 {
            let byte = name[width]
            append(byte: byte > 0x20 && byte < 0x7f ? byte : 0x3f)
            width += 1
        }
        repeat {
            append(" ")
            width += 1
        } while width < 9
    }
}
