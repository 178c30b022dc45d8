// hilo: a guessing game. PLAY 100 makes it think of a number from 1 to 100; GUESS 50 is answered with higher or lower.
import HandlerKit

/// The commands that a line can ask for.
enum Command {
    case play(Int)
    case guess(Int)
    case giveUp
    case score
    case quit
}

extension VerbGroups {
    /// Verbs that match between two games.
    static var between: VerbGroups { VerbGroups(1) }
    /// Verbs that match during a game.
    static var during: VerbGroups { VerbGroups(2) }
}

@main
struct Hilo {
    /// Reads the options and plays with one peer.
    static func main() {
        var options = Options(usage: "hilo [--time DURATION] [--number N]")
        let time = options.duration("--time", default: .seconds(60), allowed: .milliseconds(100) ... .seconds(3600))
        let number = options.number("--number", default: 0, allowed: 0...1000)
        options.finish()

        serve { connection throws(ConnectionError) in
            connection.idleLimit = .seconds(300)
            var session = Session(time: time, number: number)
            try connection.write("200 hilo: PLAY 100 begins\r\n")
            while true {
                do throws(ConnectionError) {
                    guard let event = try connection.nextCommand(session.verbs, maximumLength: 80) else { break }
                    if try session.answer(event, on: &connection) == .over { break }
                } catch {
                    // The deadline of the game ends the game; any other error ends the session.
                    guard error == .deadlinePassed else { throw error }
                    try session.end(on: &connection, "430 time is up; guesses: ")
                }
            }
            session.log()
            return .done
        }
    }
}
