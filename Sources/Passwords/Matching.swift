// Checks a password against a hash.
// Promises that the time of the comparison does not depend on the place of the first difference. The time of the hash
// depends on its format.
internal import CCrypt
import HandlerKit

/// Whether the password has this hash, when it is hashed in the same way.
///
/// Errors: see ``HashFault``.
/// - Parameters:
///   - password: for bcrypt, SHA-2 and DES, a password of more than 255 bytes or with a NUL does not match.
///   - hash: as it is in the file.
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

/// Puts the hash into the result and returns its length; 0 if there is none.
private func crypt(
    _ password: borrowing Span<UInt8>, _ hash: borrowing Span<UInt8>, _ result: inout InlineArray<128, UInt8>
) -> Int {
    var mutable = result.mutableSpan
    // Sound: each address and count is that of a span, and the result has CCRYPT_HASH_ROOM bytes. An empty password has
    // no address of its own; no byte is read through the one that stands for it.
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
    /// Whether the bytes are the same, in a time that depends on their number alone.
    func isSameSecret(as other: borrowing Span<UInt8>) -> Bool {
        guard count == other.count else { return false }
        var difference: UInt8 = 0
        for index in indices { difference |= self[index] ^ other[index] }
        return difference == 0
    }
}
