// classic: five of the small protocols that inetd has built in, over TCP; the first argument is the name of the
// protocol.
// Promises what the RFCs demand and no more. There is no UDP, because over UDP attackers use these protocols to amplify
// floods.
// Sources: RFC 863 (discard), 867 (daytime), 868 (time), 864 (chargen), 865 (qotd).
import HandlerKit

@main
struct Classic {
    /// The name of the protocol.
    enum ProtocolName: StaticBytes, CaseIterable {
        /// Reads all input and sends nothing.
        case discard
        /// Sends the time as text.
        case daytime
        /// Sends the time as a number.
        case time
        /// Sends characters until the peer is gone.
        case chargen
        /// Sends a quote.
        case qotd
    }

    /// Reads the options and serves one connection.
    static func main() {
        var options = Options(usage: "classic discard|daytime|time|chargen|qotd [--file PATH]")
        let name = options.word("protocol", ProtocolName.self)
        // The option of one protocol is unknown to the others.
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
