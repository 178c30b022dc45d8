// The output of a program, for tests that compare with it.
internal import Glibc

/// The standard output of a shell command; empty if the shell could not be started.
package func output(of command: String) -> String {
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
    return text
}
