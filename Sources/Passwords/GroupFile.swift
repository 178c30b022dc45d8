// A group file: `group: user user …`. A group may have several lines; one of more than 4095 bytes is left out.
// Promises constant memory however large the file is.
// Source: mod_authz_groupfile, AuthGroupFile.
public import HandlerKit

/// What a group file says of a user.
public struct Membership {
    /// Whether the user is in one of the groups that are asked for.
    public let isMember: Bool
    /// The first line that was too long to be read, if there was one before it was known.
    public let tooLongLine: Int?
}

/// A group file.
public enum GroupFile {
    /// Looks for the user in the groups that are asked for. For once or a few times in a process: an embedded handler does not
    /// give back the memory that it reads with.
    /// - Parameters:
    ///   - descriptor: open for reading, at its beginning; it stays open.
    ///   - isWanted: whether a group of this name is asked for.
    public static func membership(
        _ descriptor: Int32, of user: Span<UInt8>, inGroupWhere isWanted: (borrowing Span<UInt8>) -> Bool
    ) throws(ConnectionError) -> Membership {
        var isMember = false
        var tooLongLine: Int?
        try readLines(of: descriptor, capacity: 4096) { file throws(ConnectionError) in
            var line = 0
            while !isMember, let event = try file.nextLine(maximumLength: 4095) {
                line += 1
                guard case .line(let text) = event else {
                    tooLongLine = tooLongLine ?? line
                    continue
                }
                let bytes = file.bytes(of: text.text)
                var position = 0
                guard let first = bytes.nextWord(from: &position), bytes[first.lowerBound] != 0x23,
                    let colon = bytes.firstColon(in: first), colon > first.lowerBound
                else { continue }
                let name = bytes.extracting(first.lowerBound..<colon)
                // The first member may follow without a blank.
                position = colon + 1
                isMember = isWanted(name) && user.isWord(of: bytes, from: position)
            }
        }
        return Membership(isMember: isMember, tooLongLine: tooLongLine)
    }
}
