// template: a protocol of two verbs, HELLO name and QUIT.
// Made by `make new-handler`. Describe here what your handler does, what it promises, and which document defines it.
// Sources/HandlerKit/HandlerKit.docc/WritingHandlers.md explains everything that is used here.
import HandlerKit

/// The commands that a line can ask for: a case for each verb, with the arguments of the verb.
enum Command {
    case hello(InputSlice)
    case quit
}

@main
struct Main {
    /// Reads the options and serves one connection: each connection has a process of its own.
    static func main() {
        // The arguments of `handler` in the service file. Each option has a default and a range of allowed values.
        var options = Options(usage: "template [--idle-limit TIME]")
        let idleLimit = options.duration(
            "--idle-limit", default: .seconds(300), allowed: .seconds(1) ... .seconds(3600))
        options.finish()

        // The first verb that matches a line decides. Arguments: .word, .number, .rest, .optional(.word).
        let verbs = VerbTable(letters: .ignored) {
            Verb("HELLO", .word, as: Command.hello)
            Verb("QUIT", as: Command.quit)
        }

        serve { connection throws(ConnectionError) in
            // The longest silence of the peer. An error needs no more than `try`: `serve` logs it and ends the process.
            connection.idleLimit = idleLimit
            try connection.write("220 template is ready\r\n")
            // Writes are gathered, and sent before the next read.
            while let event = try connection.nextCommand(verbs, maximumLength: 512) {
                switch event {
                case .command(.hello(let name)):
                    // A slice is valid until the next read. It was not trimmed or repaired.
                    try connection.write("250 Hello, ")
                    try connection.write(name)
                    try connection.write("\r\n")
                case .command(.quit):
                    try connection.write("221 bye\r\n")
                    return .done
                case .unmatched: try connection.write("500 HELLO name, or QUIT\r\n")
                case .tooLong: try connection.write("500 line too long\r\n")
                }
            }
            // The peer has ended its input, which is a good end too.
            return .done
        }
    }
}
