// Turns lines into commands: the first verb of a table that matches a line decides, and the handler switches over the
// commands.
// Promises to match in the order in which the verbs are written, to let a handler enable and disable groups at any
// time, and no allocation for a line. A line that matches no verb is returned unchanged. Other reads between commands,
// such as a chunk or a body, lose no byte. The Perl module Apache2::Protocol
// has register_callback for this; there every pattern that matches is called, in no fixed order.

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
    /// The groups whose verbs match; a verb with several groups matches if one of them is here.
    public var enabled: VerbGroups

    /// - Parameters:
    ///   - letters: whether letters must match in their case.
    ///   - enabled: the groups that are enabled at first.
    ///   - rules: the verbs; of two that match a line, the first one counts.
    public init(
        letters: LetterCase = .exact, enabled: VerbGroups = .standard, @VerbTableBuilder _ rules: () -> Rules
    ) {
        self.rules = rules()
        self.letters = letters
        self.enabled = enabled
    }

    /// Returns the command of a line, or nil if no enabled verb matches.
    /// - Parameter line: without its ending.
    public func command(of line: InputSlice, in connection: borrowing Connection) -> Rules.Command? {
        rules.command(of: VerbQuery(line: line, letters: letters, enabled: enabled), in: connection)
    }

    /// Appends the names of the enabled verbs in their order, each with a blank before it, for a greeting or a help
    /// text.
    public func appendNames(to text: inout ShortText) {
        rules.appendNames(enabled: enabled, to: &text)
    }
}

/// The result of reading a line as a command.
public enum VerbEvent<Command> {
    /// The command of a verb that matches.
    case command(Command)
    /// A line that matches no enabled verb, with its ending; it may be blank.
    case unmatched(Line)
    /// The line is longer than allowed; see `LineEvent`.
    case tooLong
}

extension Connection {
    /// Reads the next line as a command; nil at the end of input. Slices in the command are valid until the next read.
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

/// Builds a table from verbs that are written one after the other.
@resultBuilder
public enum VerbTableBuilder {
    /// The first verb.
    public static func buildPartialBlock<First: VerbRules>(first: First) -> First { first }

    /// The verbs so far and one more.
    public static func buildPartialBlock<Before: VerbRules, Next: VerbRules>(
        accumulated: Before, next: Next
    ) -> VerbSequence<Before, Next> {
        VerbSequence(before: accumulated, next: next)
    }
}

/// Verbs in their order.
public struct VerbSequence<Before: VerbRules, Next: VerbRules>: VerbRules where Before.Command == Next.Command {
    /// The command of a line.
    public typealias Command = Before.Command

    let before: Before
    let next: Next

    /// Returns the command of the first verb that matches.
    public func command(of query: VerbQuery, in connection: borrowing Connection) -> Command? {
        if let command = before.command(of: query, in: connection) { return command }
        return next.command(of: query, in: connection)
    }

    /// Appends all names in their order.
    public func appendNames(enabled: VerbGroups, to text: inout ShortText) {
        before.appendNames(enabled: enabled, to: &text)
        next.appendNames(enabled: enabled, to: &text)
    }
}
