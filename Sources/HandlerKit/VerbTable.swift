// Lines into commands: a table of verbs, of which the first that matches decides, and a switch over what it gives.
// Promises the written order, groups that are switched on and off at any time, and no allocation for a line. What matches
// nothing is given back as it came. Reading anything else in between, a chunk or a counted body, loses no byte.
// Source: shared/reference/protocols.md 1.8 (BP-01 to BP-08), W-22: what register_callback was for.

/// The verbs of a protocol.
///
///     enum Command { case login(InputSlice), add(Int), total, clear, quit }
///
///     var verbs = VerbTable {
///         Verb("LOGIN", .word, as: Command.login)
///         Verb("ADD", .number, as: Command.add, in: .member)
///         Verb("TOTAL", as: Command.total, in: .member)
///         Verb("QUIT", as: Command.quit)
///     }
///     while let event = try connection.nextCommand(verbs) {
///         switch event {
///         case .command(.login(let name)): verbs.enabled.insert(.member)
///         …
///         case .unmatched: try connection.write("500 unknown\r\n")
///         case .tooLong: try connection.write("500 line too long\r\n")
///         }
///     }
public struct VerbTable<Rules: VerbRules> {
    private let rules: Rules
    private let letters: LetterCase
    /// The groups that are listened to; a verb of several groups is heard if one of them is here.
    public var enabled: VerbGroups

    /// - Parameters:
    ///   - letters: whether letters must match in their case.
    ///   - enabled: the groups that are listened to at first.
    ///   - rules: the verbs; of two that match a line, the first one counts.
    public init(
        letters: LetterCase = .exact, enabled: VerbGroups = .standard, @VerbTableBuilder _ rules: () -> Rules
    ) {
        self.rules = rules()
        self.letters = letters
        self.enabled = enabled
    }

    /// The command that a line is, or nil.
    /// - Parameter line: without its ending.
    public func command(of line: InputSlice, in connection: borrowing Connection) -> Rules.Command? {
        rules.command(of: VerbQuery(line: line, letters: letters, enabled: enabled), in: connection)
    }

    /// Appends the names of the enabled verbs in their order, each with a blank before it: for a greeting or a help text.
    public func appendNames(to text: inout ShortText) {
        rules.appendNames(enabled: enabled, to: &text)
    }
}

/// What a line turned out to be.
public enum VerbEvent<Command> {
    /// The line of a verb.
    case command(Command)
    /// A line that matches no enabled verb, with its ending; perhaps a blank one.
    case unmatched(Line)
    /// The line is longer than was allowed; see `LineEvent`.
    case tooLong
}

extension Connection {
    /// The next line as a command, or nil at the end of input. Slices in it are good until the next read.
    /// - Parameter maximumLength: of the line in bytes, with its ending; less than the capacity.
    public mutating func nextCommand<Rules>(
        _ verbs: VerbTable<Rules>, maximumLength: Int = 8192
    ) throws(ConnectionError) -> VerbEvent<Rules.Command>? {
        switch try nextLine(maximumLength: maximumLength) {
        case nil: return nil
        case .tooLong?: return .tooLong
        case .line(let line)?:
            guard let command = verbs.command(of: line.text, in: self) else { return .unmatched(line) }
            return .command(command)
        }
    }
}

/// Puts the verbs of a table one behind the other.
@resultBuilder
public enum VerbTableBuilder {
    /// The first verb.
    public static func buildPartialBlock<First: VerbRules>(first: First) -> First { first }

    /// The verbs so far, and one more.
    public static func buildPartialBlock<Before: VerbRules, Next: VerbRules>(
        accumulated: Before, next: Next
    ) -> VerbSequence<Before, Next> {
        VerbSequence(before: accumulated, next: next)
    }
}

/// Verbs in their order.
public struct VerbSequence<Before: VerbRules, Next: VerbRules>: VerbRules where Before.Command == Next.Command {
    /// What a line becomes.
    public typealias Command = Before.Command

    let before: Before
    let next: Next

    /// The first verb's that matches.
    public func command(of query: VerbQuery, in connection: borrowing Connection) -> Command? {
        if let command = before.command(of: query, in: connection) { return command }
        return next.command(of: query, in: connection)
    }

    /// All names in their order.
    public func appendNames(enabled: VerbGroups, to text: inout ShortText) {
        before.appendNames(enabled: enabled, to: &text)
        next.appendNames(enabled: enabled, to: &text)
    }
}
