// The verbs of commands. Promises that a verb is a whole word, in upper or lower case.

/// The verb of a command that the server knows.
enum CommandVerb {
    case helo, ehlo, mail, rcpt, data, bdat, rset, noop, quit, vrfy, expn, help

    /// The verb at the beginning of a line, or nil.
    /// - Parameter line: without its ending.
    init?(_ line: Span<UInt8>) {
        guard line.count >= 4, line.count == 4 || line[4] == .space else { return nil }
        var word: UInt32 = 0
        for index in 0..<4 { word = word << 8 | UInt32(line[index].uppered) }
        switch word {
        case 0x4845_4c4f: self = .helo
        case 0x4548_4c4f: self = .ehlo
        case 0x4d41_494c: self = .mail
        case 0x5243_5054: self = .rcpt
        case 0x4441_5441: self = .data
        case 0x4244_4154: self = .bdat
        case 0x5253_4554: self = .rset
        case 0x4e4f_4f50: self = .noop
        case 0x5155_4954: self = .quit
        case 0x5652_4659: self = .vrfy
        case 0x4558_504e: self = .expn
        case 0x4845_4c50: self = .help
        default: return nil
        }
    }

    /// Whether the command does not belong to a mail transaction: a session may have only so many of these.
    var isIdle: Bool {
        switch self {
        case .helo, .ehlo, .rset, .noop, .vrfy, .expn, .help: true
        case .mail, .rcpt, .data, .bdat, .quit: false
        }
    }
}
