// $1$ and $apr1$: salted MD5 in a thousand rounds. Poul-Henning Kamp made $1$ for FreeBSD; $apr1$ differs in its magic
// word, and is what htpasswd makes by default. A password may have any bytes.
// Sources: crypt(5), md5crypt; apr_md5_encode of apr-util; openssl-passwd(1ssl), -1 and -apr1.
import HandlerKit

/// Computes the 22 characters after the salt in `$apr1$salt$…`.
/// - Parameters:
///   - magic: the bytes before the salt.
///   - salt: at most 8 bytes.
func md5Password(
    _ password: borrowing Span<UInt8>, magic: borrowing Span<UInt8>, salt: borrowing Span<UInt8>
) -> ShortText {
    let digest = stretched(password, magic, salt)
    var text = ShortText()
    for first in 0..<5 {
        let last = first == 4 ? 5 : first + 12
        let bits = UInt32(digest[first]) << 16 | UInt32(digest[first + 6]) << 8 | UInt32(digest[last])
        text.append(cryptDigitsOf: bits, count: 4)
    }
    text.append(cryptDigitsOf: UInt32(digest[11]), count: 2)
    return text
}

private func stretched(
    _ password: borrowing Span<UInt8>, _ magic: borrowing Span<UInt8>, _ salt: borrowing Span<UInt8>
) -> InlineArray<16, UInt8> {
    var both = Digest<MD5Core>()
    both.add(password)
    both.add(salt)
    both.add(password)
    let filler = both.finish()
    var start = Digest<MD5Core>()
    start.add(password)
    start.add(magic)
    start.add(salt)
    for index in password.indices { start.add(byte: filler[index % 16]) }
    var count = password.count
    while count > 0 {
        start.add(byte: count & 1 == 1 || password.isEmpty ? 0 : password[0])
        count >>= 1
    }
    var digest = start.finish()
    for round in 0..<1000 {
        var next = Digest<MD5Core>()
        if round % 2 == 1 { next.add(password) } else { next.add(digest.span) }
        if round % 3 != 0 { next.add(salt) }
        if round % 7 != 0 { next.add(password) }
        if round % 2 == 1 { next.add(digest.span) } else { next.add(password) }
        digest = next.finish()
    }
    return digest
}

extension ShortText {
    /// Appends six bits at a time, the lowest first, in the alphabet of crypt(3).
    fileprivate mutating func append(cryptDigitsOf bits: UInt32, count: UInt32) {
        let alphabet: StaticBytes = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
        for digit in 0..<count { append(byte: alphabet.bytes[Int(bits >> (6 * digit) & 63)]) }
    }
}
