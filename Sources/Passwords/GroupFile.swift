// A group file: `group: user user …`. A group may have several lines; one of more than 4095 bytes is left out.
// Promises constant memory however large the file is.
// Source: mod_authz_groupfile, AuthGroupFile.
public import HandlerKit

/// A group file, to be read once.
public struct GroupFile: ~Copyable {
    private var file: Connection
    /// The first line that was too long to be read, if there was one.
    public private(set) var tooLongLine: Int?

    /// - Parameter descriptor: open for reading, at its beginning; it stays open.
    public init(descriptor: Int32) {
        file = Connection(input: descriptor, output: -1, capacity: 4096)
    }

    /// Whether the user is in one of the groups that are asked for.
    /// - Parameter isWanted: whether a group of this name is.
    public mutating func hasMember(
        _ user: borrowing Span<UInt8>, inGroupWhere isWanted: (borrowing Span<UInt8>) -> Bool
    ) throws(ConnectionError) -> Bool {
        var line = 0
        while let event = try file.nextLine(maximumLength: 4095) {
            line += 1
            guard case .line(let text) = event else {
                tooLongLine = tooLongLine ?? line
                continue
            }
            let bytes = file.bytes(of: text.text)
            var position = 0
            guard let first = bytes.nextWord(from: &position), bytes[first.lowerBound] != 0x23,
                first.count > 1, bytes[first.upperBound - 1] == 0x3a
            else { continue }
            let name = bytes.extracting(first.lowerBound..<first.upperBound - 1)
            if isWanted(name), user.isWord(of: bytes, from: position) { return true }
        }
        return false
    }
}
