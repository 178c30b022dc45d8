// measure: reads bodies of each kind, and replies with the number of bytes and of LF in them.
import HandlerKit

/// The commands that a line can ask for: which kind of body follows.
enum Command {
    case counted(Int)
    case text
    case record
    case rest
}

@main
struct Measure {
    /// Serves one connection.
    static func main() {
        Options(usage: "measure").finish()
        let verbs = VerbTable {
            Verb("COUNTED", .number, as: Command.counted)
            Verb("TEXT", as: Command.text)
            Verb("RECORD", as: Command.record)
            Verb("REST", as: Command.rest)
        }
        serve { connection throws(ConnectionError) in
            while let event = try connection.nextCommand(verbs) {
                guard case .command(let command) = event else {
                    try connection.write("500 COUNTED n, TEXT, RECORD or REST\r\n")
                    continue
                }
                connection.minimumRate = .bytes(100, per: .seconds(60))
                let sum = try connection.readBody(of: command)
                connection.minimumRate = nil
                try connection.write(sum.reply())
            }
            return .done
        }
    }
}
