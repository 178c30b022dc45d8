// classic: the five small protocols that every inetd has built in, over TCP; the first argument says which.
// Promises what the RFCs ask for and no more. Over UDP they make other people's floods larger, so that is not to be had.
// Sources: RFC 863 (discard), 867 (daytime), 868 (time), 864 (chargen), 865 (qotd).
import HandlerKit

@main
struct Classic {
    /// Which protocol.
    enum ProtocolName: StaticBytes, CaseIterable {
        /// Reads, and answers nothing.
        case discard
        /// Says the time, for people.
        case daytime
        /// Says the time, for programs.
        case time
        /// Writes characters until the peer is gone.
        case chargen
        /// Says a quote.
        case qotd
    }

    /// Reads the options and serves one connection.
    static func main() {
        var options = Options(usage: "classic discard|daytime|time|chargen|qotd [--file PATH]")
        let name = options.word("protocol", ProtocolName.self)
        // An option of one protocol is unknown to the others.
        let file = name == .qotd ? options.text("--file") : nil
        options.finish()

        serve { connection throws(ConnectionError) in
            switch name {
            case .discard: while try connection.nextChunk() != nil {}
            case .daytime: try connection.write(daytime(secondsSince1970: now))
            case .time: try connection.write(time(secondsSince1970: now))
            case .chargen: return generateCharacters(to: &connection)
            case .qotd:
                guard let quote = Quotes.one(from: file) else { return .temporaryFailure }
                try connection.write(quote)
            }
            return .done
        }
    }

    private static var now: Int64 { Int64(WallClock.secondsSince1970) }
}
