// Hashes by CCrypt and by the system's crypt(3), for the tests.
import CCrypt
import COracle

/// The hash of CCrypt, or nil if it refuses the setting or the password.
func crypt(_ password: [UInt8], _ setting: String) -> String? {
    // A byte after each, which changes the hash if CCrypt reads too far.
    let text = password + [0xbd]
    let setting = bytes(setting) + [0xbd]
    var result = [UInt8](repeating: 0, count: Int(CCRYPT_HASH_ROOM))
    // Sound: the counts are those of the arrays without their last byte; the result has CCRYPT_HASH_ROOM bytes.
    let count = unsafe ccrypt(text, password.count, setting, setting.count - 1, &result)
    return count < 0 ? nil : String(decoding: result.prefix(count), as: UTF8.self)
}

/// The hash of libxcrypt, or nil if it refuses.
/// - Parameter password: without a NUL.
func systemCrypt(_ password: [UInt8], _ setting: String) -> String? {
    var result = [CChar](repeating: 0, count: Int(CORACLE_ROOM))
    // Sound: the password gets a NUL, a string has one, and the result has CORACLE_ROOM bytes.
    let isDone = unsafe (password + [0]).withUnsafeBytes { password in
        unsafe coracle_crypt(password.baseAddress!.assumingMemoryBound(to: CChar.self), setting, &result)
    }
    return isDone ? String(decoding: result.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self) : nil
}
