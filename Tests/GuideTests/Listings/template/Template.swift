// template: a protocol of two verbs, HELLO name and QUIT.
// Made by `make new-handler`: say here what yours does, what it promises, and which document says how it must be.
// Sources/HandlerKit/HandlerKit.docc/WritingHandlers.md explains everything that is used here.
import HandlerKit

/// What a line can ask for: a case for each verb, with the verb's arguments.
enum Command {
    case hello(InputSlice)
    case quit
}

@main
struct Main {
    /// Reads the options and serves one connection: this process is the connection's own.
    static func main() {
        // The arguments of `handler` in the service file. Each option has a default and says what is allowed.
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
            // How long the peer may be silent. `try` is all that an error needs: `serve` logs it and ends the process.
            connection.idleLimit = idleLimit
            try connection.write("220 template is ready\r\n")
            // What is written waits until the next read, and is sent before it.
            while let event = try connection.nextCommand(verbs, maximumLength: 512) {
                switch event {
                case .command(.hello(let name)):
                    // A slice is good until the next read. Nothing of it was trimmed or repaired.
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
            // The peer sends no more: that is a good end too.
            return .done
        }
    }
}
