// Hashing by CCrypt and by the system's crypt(3), as the tests ask for it.
import CCrypt
import COracle

/// A hash, or nil if CCrypt refuses the setting or the password.
func crypt(_ password: [UInt8], _ setting: String) -> String? {
    // Something behind each, so that reading too far is noticed.
    let text = password + [0xbd]
    let setting = bytes(setting) + [0xbd]
    var result = [UInt8](repeating: 0, count: Int(CCRYPT_HASH_ROOM))
    // Sound: the counts are those of the arrays, without the byte behind; the result has the room that is asked for.
    let count = unsafe ccrypt(text, password.count, setting, setting.count - 1, &result)
    return count < 0 ? nil : String(decoding: result.prefix(count), as: UTF8.self)
}

/// The hash of libxcrypt, or nil if it refuses.
/// - Parameter password: without a NUL.
func systemCrypt(_ password: [UInt8], _ setting: String) -> String? {
    var result = [CChar](repeating: 0, count: Int(CORACLE_ROOM))
    // Sound: the password gets a NUL, a string has one, and the result has the room that is asked for.
    let isDone = unsafe (password + [0]).withUnsafeBytes { password in
        unsafe coracle_crypt(password.baseAddress!.assumingMemoryBound(to: CChar.self), setting, &result)
    }
    return isDone ? String(decoding: result.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
}
