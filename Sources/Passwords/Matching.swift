// Whether a password is the one that was hashed.
// Promises that the comparison takes the same time wherever the first difference is. How long the hash takes is up to its format.
internal import CCrypt
import HandlerKit

/// Whether hashing the password in the same way gives the same.
///
/// Errors: see ``HashFault``.
/// - Parameters:
///   - password: 255 bytes at most for crypt(3)'s formats, and there no NUL in it; otherwise it does not match.
///   - hash: as it stands in the file.
func matches(_ password: borrowing Span<UInt8>, _ hash: borrowing Span<UInt8>) throws(HashFault) -> Bool {
    switch try HashFormat(hash) {
    case .sha1:
        return hash.extracting(5..<hash.count).isSameSecret(as: shaPassword(password).bytes)
    case .apacheMD5(let salt):
        let computed = apacheMD5(password, salt: hash.extracting(salt))
        return hash.extracting(salt.upperBound + 1..<hash.count).isSameSecret(as: computed.bytes)
    case .crypt:
        var result = InlineArray<384, UInt8>(repeating: 0)
        let count = crypt(password, hash, &result)
        return hash.isSameSecret(as: result.span.extracting(0..<count))
    }
}

/// The length of the hash that was put into the result; 0 if there is none.
private func crypt(
    _ password: borrowing Span<UInt8>, _ hash: borrowing Span<UInt8>, _ result: inout InlineArray<384, UInt8>
) -> Int {
    var mutable = result.mutableSpan
    // Sound: each address and count is that of a span, and the result has the size that is asked for. An empty password has
    // no address of its own; any will do.
    return unsafe mutable.withUnsafeMutableBytes { result in
        unsafe hash.withUnsafeBytes { hash in
            unsafe password.withUnsafeBytes { password in
                let start = unsafe password.baseAddress ?? hash.baseAddress!
                return unsafe ccrypt_hash(start, password.count, hash.baseAddress!, hash.count, result.baseAddress!)
            }
        }
    }
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
