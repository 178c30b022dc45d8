// What htpasswd and openssl say, to compare with.
import Glibc

/// The output of a command without its last line ending.
func output(of command: String) -> String {
    var text = ""
    // Sound: the stream is open until pclose, and the buffer's size is given.
    guard let stream = unsafe popen(command, "r") else { return text }
    var buffer = [UInt8](repeating: 0, count: 4096)
    while true {
        let count = unsafe fread(&buffer, 1, buffer.count, stream)
        if count == 0 { break }
        text += String(decoding: buffer.prefix(count), as: UTF8.self)
    }
    unsafe pclose(stream)
    while text.last == "\n" { text.removeLast() }
    return text
}

/// The hash that htpasswd makes with these options.
func htpasswd(_ options: String, _ password: String) -> String {
    String(output(of: "htpasswd -nb\(options) u '\(password)' 2>/dev/null").dropFirst(2))
}

/// A descriptor of a file with this text, at its beginning; the file has no name any more.
func file(_ text: [UInt8]) -> Int32 {
    var path = Array("/tmp/doorward-passwords-XXXXXX".utf8CString)
    // Sound: the template ends in NUL, and the bytes are the array's own.
    let descriptor = unsafe mkstemp(&path)
    precondition(descriptor >= 0)
    _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
    unsafe unlink(path)
    let written = unsafe text.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
    precondition(written == text.count)
    lseek(descriptor, 0, SEEK_SET)
    return descriptor
}
