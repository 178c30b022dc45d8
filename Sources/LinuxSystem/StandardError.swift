// Text for the administrator, on descriptor 2.

package enum StandardError {
    /// Writes a line.
    package static func write(_ line: String) {
        do throws(SystemError) {
            try writeBytes(Array("\(line)\n".utf8).span, to: 2)
        } catch {
            // Dropped on purpose: there is nowhere left to report it, and the exit status says that something was
            // wrong.
        }
    }
}
