// Whether a password is the one that was hashed.
// Promises that the comparison takes the same time wherever the first difference is. How long the hash takes is up to its format.
internal import CCrypt
import HandlerKit

/// Whether hashing the password in the same way gives the same.
///
/// Errors: see ``HashFault``.
/// - Parameters:
///   - password: for bcrypt, SHA-2 and DES, 255 bytes at most and no NUL in it; otherwise it does not match.
///   - hash: as it stands in the file.
func matches(_ password: borrowing Span<UInt8>, _ hash: borrowing Span<UInt8>) throws(HashFault) -> Bool {
    switch try HashFormat(hash) {
    case .sha1:
        return hash.extracting(5..<hash.count).isSameSecret(as: shaPassword(password).bytes)
    case .md5(let salt):
        let magic = hash.extracting(0..<salt.lowerBound)
        let computed = md5Password(password, magic: magic, salt: hash.extracting(salt))
        return hash.extracting(salt.upperBound + 1..<hash.count).isSameSecret(as: computed.bytes)
    case .crypt:
        var result = InlineArray<128, UInt8>(repeating: 0)
        let count = crypt(password, hash, &result)
        return hash.isSameSecret(as: result.span.extracting(0..<count))
    }
}

/// The length of the hash that was put into the result; 0 if there is none.
private func crypt(
    _ password: borrowing Span<UInt8>, _ hash: borrowing Span<UInt8>, _ result: inout InlineArray<128, UInt8>
) -> Int {
    var mutable = result.mutableSpan
    // Sound: each address and count is that of a span, and the result has the size that is asked for, CCRYPT_HASH_ROOM. An empty
    // password has no address of its own; any will do.
    let count = unsafe mutable.withUnsafeMutableBytes { result in
        unsafe hash.withUnsafeBytes { hash in
            unsafe password.withUnsafeBytes { password in
                let start = unsafe password.baseAddress ?? hash.baseAddress!
                return unsafe ccrypt(start, password.count, hash.baseAddress!, hash.count, result.baseAddress!)
            }
        }
    }
    return max(0, count)
}

extension Span<UInt8> {
    /// Whether the bytes are the same; how long it takes depends on their number alone.
    func isSameSecret(as other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in indices { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}
