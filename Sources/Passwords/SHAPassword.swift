// {SHA}: the SHA-1 of the password in Base64, as htpasswd -s and LDAP directories write it.
// Sources: RFC 2307 5.3; RFC 4648 4.
import HandlerKit

/// Computes the 28 characters after `{SHA}`.
func shaPassword(_ password: borrowing Span<UInt8>) -> ShortText {
    var digest = Digest<SHA1Core>()
    digest.add(password)
    let bytes = digest.finish()
    let alphabet: StaticBytes = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    var text = ShortText()
    for start in stride(from: 0, to: 18, by: 3) {
        let bits = Int(bytes[start]) << 16 | Int(bytes[start + 1]) << 8 | Int(bytes[start + 2])
        for digit in 0..<4 { text.append(byte: alphabet.bytes[bits >> (18 - 6 * digit) & 63]) }
    }
    // The last two bytes become three digits and one sign of padding.
    let bits = Int(bytes[18]) << 10 | Int(bytes[19]) << 2
    for digit in 0..<3 { text.append(byte: alphabet.bytes[bits >> (12 - 6 * digit) & 63]) }
    text.append("=")
    return text
}
