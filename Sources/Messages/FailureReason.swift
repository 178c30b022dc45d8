// The reason for which a process cannot serve, in a message to the supervisor: at most 900 bytes of UTF-8.
internal import Wire

enum FailureReason {
    private static let mostBytes = 900

    /// As many whole characters as fit.
    static func cut(_ reason: String) -> String {
        var (text, count) = ("", 0)
        for scalar in reason.unicodeScalars {
            count += UTF8.width(scalar)
            if count > mostBytes { break }
            text.unicodeScalars.append(scalar)
        }
        return text
    }

    /// Errors: a text that ``cut(_:)`` does not return.
    static func read(_ reader: inout WireReader) throws(WireError) -> String {
        let text = try reader.text()
        guard text.utf8.count <= mostBytes else { throw WireError() }
        return text
    }
}
