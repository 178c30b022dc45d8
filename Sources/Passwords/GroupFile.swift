// A group file: `group: user user …`. A group may have several lines; a line of more than 4095 bytes is ignored.
// Promises constant memory for a file of any size.
// Source: AuthGroupFile of Apache's mod_authz_groupfile.
public import HandlerKit

/// The membership of a user according to a group file.
public struct Membership {
    /// Whether the user is in one of the requested groups.
    public let isMember: Bool
    /// The number of the first line that was too long to read, if the lookup met one.
    public let tooLongLine: Int?
}

/// A group file.
public enum GroupFile {
    /// Looks for the user in the requested groups. An embedded handler never gives back the memory of a call, so it
    /// should call this only a few times.
    /// - Parameters:
    ///   - descriptor: open for reading, at its beginning; it stays open.
    ///   - isWanted: returns whether a group with this name is requested.
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
                // The first member may follow the colon without a blank.
                position = colon + 1
                isMember = isWanted(name) && user.isWord(of: bytes, from: position)
            }
        }
        return Membership(isMember: isMember, tooLongLine: tooLongLine)
    }
}
