// The output of htpasswd and openssl, for comparison.
import Glibc
import TestSupport

/// The output of a command without its last line ending.
func line(of command: String) -> String {
    var text = output(of: command)
    while text.last == "\n" { text.removeLast() }
    return text
}

/// The hash that htpasswd makes with these options.
func htpasswd(_ options: String, _ password: String) -> String {
    String(line(of: "htpasswd -nb\(options) u '\(password)' 2>/dev/null").dropFirst(2))
}

/// A descriptor at the beginning of a file with this text; the file has no name.
func file(_ text: [UInt8]) -> Int32 {
    var path = Array("/tmp/doorward-passwords-XXXXXX".utf8CString)
    // Sound: the template ends in NUL, and the address and the count are those of the array.
    let descriptor = unsafe mkstemp(&path)
    precondition(descriptor >= 0)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unsafe unlink(path)
    let written = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    precondition(written == text.count)
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
}
