// Text for people, on standard error.
internal import LinuxSystem

/// Writes a line to standard error.
func printError(_ line: String) {
    do throws(SystemError) {
        try writeLine(Array("doorward: \(line)\n".utf8).span, to: 2)
    } catch {
        // There is nowhere left to say it; the exit status says that something was wrong.
    }
}
