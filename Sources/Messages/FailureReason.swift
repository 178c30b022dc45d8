// The reason for which a process cannot serve, in a message to the supervisor: UTF-8, at most 900 bytes.

enum FailureReason {
    static let mostBytes = 900

    /// As many whole characters as fit.
    static func bytes(of reason: String) -> [UInt8] {
        var bytes: [UInt8] = []
        for scalar in reason.unicodeScalars {
            let next = UTF8.encode(scalar) ?? UTF8.EncodedScalar()
            if bytes.count + next.count > mostBytes { break }
            bytes += next
        }
        return bytes
    }

    /// nil for bytes that ``bytes(of:)`` does not write.
    static func read(_ bytes: ArraySlice<UInt8>) -> String? {
        bytes.count <= mostBytes ? String(validating: bytes, as: UTF8.self) : nil
    }
}
