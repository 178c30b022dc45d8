// The games of one peer: what each line does in each state.
import HandlerKit

struct Session {
    enum Next { case line, over }

    /// The verbs of hilo; a verb matches while its group is in `enabled`.
    var verbs = VerbTable(letters: .ignored, enabled: [.standard, .between]) {
        Verb("PLAY", .number, as: Command.play, in: .between)
        Verb("GUESS", .number, as: Command.guess, in: .during)
        Verb("GIVE UP", as: Command.giveUp, in: .during)
        Verb("SCORE", as: Command.score)
        Verb("QUIT", as: Command.quit)
    }
    private let time: Duration
    private let chosen: Int
    private var game = Game(number: 1)
    private var won = 0

    /// - Parameters:
    ///   - time: the longest time for one game.
    ///   - number: the number to guess, for tests; 0 chooses a random one.
    init(time: Duration, number: Int) {
        self.time = time
        chosen = number
    }

    /// Answers one line.
    mutating func answer(_ event: VerbEvent<Command>, on connection: inout Connection) throws(ConnectionError) -> Next {
        switch event {
        case .command(.play(let most)):
            guard most >= 2 && most <= 1000 else {
                try connection.write("501 from 2 to 1000, please\r\n")
                break
            }
            game = Game(number: chosen > 0 ? chosen : 1 + Int(RandomBits.next() % UInt64(most)))
            verbs.enabled = [.standard, .during]
            connection.beginPhase(within: time)
            try connection.write("230 guess\r\n")
        case .command(.guess(let guess)):
            switch game.answer(to: guess) {
            case .higher: try connection.write("231 higher\r\n")
            case .lower: try connection.write("232 lower\r\n")
            case .found:
                won += 1
                try end(on: &connection, "233 found; guesses: ")
            }
        case .command(.giveUp): try end(on: &connection, "430 a pity; guesses: ")
        case .command(.score):
            try connection.write("240 won: ")
            try connection.write(won)
            try connection.write("\r\n")
        case .command(.quit):
            try connection.write("221 bye\r\n")
            return .over
        case .unmatched: try help(on: &connection)
        case .tooLong: try connection.write("500 line too long\r\n")
        }
        return .line
    }

    /// Ends the game: its verbs match no more, and its deadline is gone.
    mutating func end(on connection: inout Connection, _ reply: StaticBytes) throws(ConnectionError) {
        verbs.enabled = [.standard, .between]
        connection.beginPhase()
        try connection.write(reply)
        try connection.write(game.guesses)
        try connection.write("\r\n")
    }

    /// Writes one line to the log.
    func log() {
        var line = LogLine("session")
        line.add("won", won)
        if case .tcp(let peer) = Peer.current { line.add("from", peer.address) }
        line.send()
    }

    private func help(on connection: inout Connection) throws(ConnectionError) {
        var text = ShortText()
        text.append("500 now there are:")
        verbs.appendNames(to: &text)
        text.append("\r\n")
        try connection.write(text)
    }
}
